import Diagnostics
import FormalSpecifications
import Foundation
import SecurityEvents
import TestSupport
import Testing

@Suite(.enabled(if: Corpus.exists, Comment(rawValue: Corpus.missing)))
struct `Public specifications` {
    private func load(_ folder: String) throws -> (SpecificationIndex, [Diagnostic]) {
        let paths = Corpus.specifications.filter { $0.hasPrefix(folder + "/") }
        #expect(!paths.isEmpty)
        var diagnostics: [Diagnostic] = []
        let files = try paths.map { (path: $0, bytes: try Corpus.bytes($0)) }
        return (loadSpecifications(files, diagnostics: &diagnostics), diagnostics)
    }

    @Test(arguments: Corpus.specifications)
    func `a public specification has no fault`(path: String) throws {
        let bytes = try Corpus.bytes(path)
        var diagnostics: [Diagnostic] = []
        let found = readSpecification(path, bytes: bytes, diagnostics: &diagnostics)
        #expect(diagnostics.map(\.text) == [])
        let specification = try #require(found)
        #expect(specification.isComplete)
        // A reading that knows nothing but the layout of these files finds as much.
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
            .map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.hasPrefix("//") && !$0.hasPrefix("*") && !$0.hasPrefix("/*") }
        if specification.kind == .package {
            let methods = lines.count { $0.hasSuffix(");") }
            #expect(specification.methodTexts.count == methods)
            #expect(specification.interfaces.count == 1)
        } else {
            let members = lines.count { $0.contains(":") }
            #expect(specification.members.count == members)
        }
    }

    @Test func `an endpoint is found by its path and by the component that declares it`() throws {
        let (index, diagnostics) = try load("C-STACK7__day1-homework")
        #expect(diagnostics.isEmpty)
        let name = "traffic_light.LightsGPIO"
        #expect(
            try index.endpointTexts(ofClass: name) == [
                "lightsGpio.mode traffic_light.CMode.mode traffic_light.IMode 0"
            ]
        )
        #expect(try index.answer("lightsGpio.mode", ofClass: name) == "traffic_light.IMode 0")
        let qualified = "traffic_light.CMode.mode"
        #expect(try index.answer(qualified, ofClass: name) == "traffic_light.IMode 0")
        #expect(try index.answer("mode", ofClass: name) == "absent")
        #expect(try index.answer("lightsGpio", ofClass: name) == "absent")
        #expect(
            try index.answer("lightsGpio.mode", ofClass: "traffic_light.ControlSystem") == "absent"
        )
    }

    @Test func `an endpoint of the class itself is found by its name and with the class`() throws {
        let project = "cyberimmune-systems-autonomous-delivery-drone-with-kos"
        let (index, diagnostics) = try load("cyberimmunity-edu__\(project)")
        #expect(diagnostics.isEmpty)
        #expect(
            try index.endpointTexts(ofClass: "drone_controller.Logger") == [
                "waitForInit drone_controller.Logger.waitForInit drone_controller.Initialization 0",
                "interface drone_controller.Logger.interface drone_controller.LoggerInterface 1",
            ]
        )
        let initialization = try InterfaceName("drone_controller.Initialization")
        #expect(index.offers(interface: initialization).count == 6)
        // `kl.Klog` is part of the SDK and not here.
        let klog = "drone_controller.KlogEntity"
        #expect(try index.answer("klog.audit", ofClass: klog) == "unknown")
        let processClass = try #require(index.processClass(try ClassName(klog)))
        #expect(processClass.unknownComponents.map(\.value.description) == ["kl.Klog"])
    }

    /// The policies of these projects were compiled against their specifications.
    @Test func `what public policies call endpoints is known, and so are their methods`() throws {
        var count = 0
        for path in Corpus.policies {
            let folder = path.split(separator: "/").first.map(String.init) ?? ""
            let (index, _) = try load(folder)
            let text = String(decoding: try Corpus.bytes(path), as: UTF8.self)
            // Tests of policies give processes short names: `fc <- execute dst=FlightController`.
            let started = text.matches(of: /(\w+) *<- *execute[^\n]*dst *= *([\w.]+)/)
            let aliases = Dictionary(started.map { ($0.1, $0.2) }) { first, _ in first }
            // The server is where a request goes to, and where a response comes from.
            let call =
                #/
                (?: request \s+ (?: src \s* = \s* [\w.]+ \s+ )? dst | response \s+ src )
                \s* = \s* ([\w.]+) \s+ (?: dst \s* = \s* [\w.]+ \s+ )?
                endpoint \s* = \s* ([\w.]+) \s+ method \s* = \s* (\w+)
                /#
            for match in text.matches(of: call) {
                let (className, endpoint, method) = (aliases[match.1] ?? match.1, match.2, match.3)
                let answer = index.endpoint(
                    try EndpointName(String(endpoint)),
                    ofClass: try ClassName(String(className))
                )
                guard case .known(let interface, .some) = answer else {
                    Issue.record("\(path): \(endpoint) of \(className) is \(answer)")
                    continue
                }
                let methods = index.packages[interface]?.methodTexts ?? []
                #expect(methods.contains(String(method)), "\(path): \(interface)")
                count += 1
            }
        }
        #expect(count > 50)
    }

    @Test func `a copy that the build has made is a note`() throws {
        let project = "cyberimmune-systems-autonomous-delivery-drone-with-kos"
        let (_, diagnostics) = try load("danonishe__\(project)")
        #expect(!diagnostics.isEmpty)
        #expect(Set(ids(diagnostics)) == ["note: duplicate-specification"])
    }

    @Test func `all together have nothing worse than names used twice`() throws {
        var diagnostics: [Diagnostic] = []
        let files = try Corpus.specifications.map { (path: $0, bytes: try Corpus.bytes($0)) }
        let index = loadSpecifications(files, diagnostics: &diagnostics)
        #expect(Set(diagnostics.map(\.id)) == ["duplicate-specification"])
        #expect(!diagnostics.hasErrors)
        #expect(index.classes.count > 30)
    }
}
