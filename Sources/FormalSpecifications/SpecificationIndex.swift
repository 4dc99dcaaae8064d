package import Diagnostics
package import SecurityEvents

/// The specifications of a solution, linked: which class offers which endpoints.
///
/// The files at hand seldom are all: components and interfaces of the SDK are missing. So there are
/// three answers, and nothing is called absent that a file which is not here may declare.
package struct SpecificationIndex: Sendable {
    /// The classes, in byte order.
    package let classes: [ProcessClass]
    /// The components, by name.
    package let components: [ComponentName: Specification]
    /// The packages, by name.
    package let packages: [InterfaceName: Specification]

    private let classNumbers: [ClassName: Int]
    private let mentionedInterfaces: Set<InterfaceName>

    /// An endpoint of a class.
    package struct Endpoint: Hashable, Sendable {
        package let className: ClassName
        /// The path of instances and the endpoint: `pingComp.pingImpl`, or `ping` where the class
        /// itself declares it.
        package let path: EndpointName
        /// The class or the component that declares it, and the endpoint: `echo.CPing.pingImpl`.
        ///
        /// Two instances of one component share it.
        package let qualified: EndpointName
        package let interface: InterfaceName
        /// The number of the endpoint in the class, from 0 in the order of the specifications; nil
        /// where something unknown comes before it.
        package let riid: RIID?
        /// Where the endpoint is declared.
        package let place: SourceLocation
    }

    /// A class and all that is known of its endpoints.
    package struct ProcessClass: Sendable {
        package let name: ClassName
        package let place: SourceLocation
        /// In the order of their numbers.
        package let endpoints: [Endpoint]
        /// Whether these are all endpoints: all components are known, all files understood.
        package let isComplete: Bool
        /// The components that no file at hand describes, and where they are embedded.
        package let unknownComponents: [Located<ComponentName>]

        fileprivate let answers: [EndpointName: EndpointAnswer]
    }

    /// What the specifications say of an endpoint.
    package enum EndpointAnswer: Hashable, Sendable {
        /// - riid: nil where it cannot be told.
        case known(interface: InterfaceName, riid: RIID?)
        /// The class is known, and has no such endpoint.
        case absent
        /// The class is not known, or has parts that are not.
        case unknown
    }
}

extension SpecificationIndex {
    init(
        classes: [ProcessClass],
        components: [ComponentName: Specification],
        packages: [InterfaceName: Specification],
        mentionedInterfaces: Set<InterfaceName>
    ) {
        self.classes = classes.sorted { $0.name < $1.name }
        self.components = components
        self.packages = packages
        self.mentionedInterfaces = mentionedInterfaces
        classNumbers = Dictionary(
            self.classes.enumerated().map { ($0.element.name, $0.offset) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// What is known of the endpoint that a class calls so, in either spelling.
    package func endpoint(
        _ name: EndpointName,
        ofClass className: ClassName
    ) -> EndpointAnswer {
        guard let processClass = processClass(className) else { return .unknown }
        return processClass.answers[name] ?? (processClass.isComplete ? .absent : .unknown)
    }

    /// The class of a name; nil where no EDL file at hand declares it.
    package func processClass(_ name: ClassName) -> ProcessClass? {
        classNumbers[name].map { classes[$0] }
    }

    package func knowsClass(_ name: ClassName) -> Bool { classNumbers[name] != nil }

    /// Whether a package declares the interface, or an EDL or CDL file names it.
    ///
    /// The packages of the SDK are seldom at hand, so that being named must do.
    package func knowsInterface(_ name: InterfaceName) -> Bool {
        if mentionedInterfaces.contains(name) { return true }
        return packages[name].map { !$0.isComplete } ?? false
    }

    /// The endpoints of all classes that have this interface, by class and number.
    package func offers(interface: InterfaceName) -> [Endpoint] {
        classes.flatMap { $0.endpoints.filter { $0.interface == interface } }
    }

    /// Every spelling of the endpoints of a class, in byte order.
    package func endpointNames(ofClass name: ClassName) -> [EndpointName] {
        processClass(name)?.answers.keys.sorted() ?? []
    }

    /// Every spelling of every endpoint, in byte order and without repeats.
    package var endpointNames: [EndpointName] {
        Set(classes.flatMap(\.answers.keys)).sorted()
    }

    /// Every interface that is known, in byte order.
    package var interfaceNames: [InterfaceName] { mentionedInterfaces.sorted() }
}

extension SpecificationIndex.ProcessClass {
    init(
        name: ClassName,
        place: SourceLocation,
        endpoints: [SpecificationIndex.Endpoint],
        isComplete: Bool,
        unknownComponents: [Located<ComponentName>]
    ) {
        self.name = name
        self.place = place
        self.endpoints = endpoints
        self.isComplete = isComplete
        self.unknownComponents = unknownComponents
        answers = Self.answers(endpoints)
    }

    /// What to answer to each spelling.
    ///
    /// The path of instances is the documented one and goes first.
    private static func answers(
        _ endpoints: [SpecificationIndex.Endpoint]
    ) -> [EndpointName: SpecificationIndex.EndpointAnswer] {
        var answers: [EndpointName: SpecificationIndex.EndpointAnswer] = [:]
        for endpoint in endpoints {
            answers[endpoint.path] = .known(interface: endpoint.interface, riid: endpoint.riid)
        }
        let paths = Set(answers.keys)
        for endpoint in endpoints where !paths.contains(endpoint.qualified) {
            // Several instances of one component are told apart by their paths alone.
            let isShared = answers[endpoint.qualified] != nil
            let riid = isShared ? nil : endpoint.riid
            answers[endpoint.qualified] = .known(interface: endpoint.interface, riid: riid)
        }
        return answers
    }
}
