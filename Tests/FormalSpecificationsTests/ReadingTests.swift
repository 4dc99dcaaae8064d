import Diagnostics
import FormalSpecifications
import SecurityEvents
import TestSupport
import Testing

@Suite struct `Specifications of classes and components` {
    @Test(arguments: ["entity", "task class", "task\tclass /* 1.3 */", "task // x\nclass"])
    func `a class is declared by entity and by task class`(heading: String) throws {
        let (found, diagnostics) = read("edl/Server.edl", "\(heading) echo.Server\n")
        #expect(diagnostics.isEmpty)
        let specification = try #require(found)
        #expect(specification.kind == .processClass)
        #expect(specification.name.value.description == "echo.Server")
        #expect(specification.isComplete)
        #expect(specification.members.isEmpty)
    }

    @Test func `a task class may name what describes it`() throws {
        let (found, diagnostics) = read("Server.edl", "task class echo.Server : echo.Base\n")
        #expect(diagnostics.isEmpty)
        #expect(found?.base?.value.description == "echo.Base")
        #expect(read("Server.edl", "task class echo.Server\n").specification?.base == nil)
    }

    @Test func `a class keeps its parts, and where they are`() throws {
        let (found, diagnostics) = read(
            "Server.edl",
            """
            // A server.
            entity echo.Server
            security echo.Security
            endpoints { ping : echo.IPing
                pong:echo.IPong }
            components
            {
                comp : echo.CPing
            }
            """
        )
        #expect(diagnostics.isEmpty)
        let specification = try #require(found)
        #expect("\(specification.name.place)" == "Server.edl:2:8")
        #expect(specification.security?.value.description == "echo.Security")
        #expect(specification.security.map { "\($0.place)" } == "Server.edl:3:10")
        #expect(specification.endpointTexts == ["ping:echo.IPing", "pong:echo.IPong"])
        #expect(specification.endpoints.map { "\($0.name.place)" }.last == "Server.edl:5:5")
        #expect(specification.endpoints.map { "\($0.interface.place)" }.last == "Server.edl:5:10")
        #expect(specification.instanceTexts == ["comp:echo.CPing"])
        #expect(specification.instances.map(\.component.place.line) == [8])
    }

    @Test func `a component has the same parts as a class`() throws {
        let (found, diagnostics) = read(
            "CPing.cdl",
            "component echo.CPing security a.S endpoints {p : a.I} components {c : a.C}"
        )
        #expect(diagnostics.isEmpty)
        let specification = try #require(found)
        #expect(specification.kind == .component)
        #expect(specification.endpointTexts == ["p:a.I"])
        #expect(specification.instanceTexts == ["c:a.C"])
    }

    @Test func `endpoints were called interfaces once`() {
        let (found, diagnostics) = read(
            "Server.edl",
            "entity Server\ninterfaces {\n    ping : echo.IPing\n}\n"
        )
        #expect(diagnostics.isEmpty)
        #expect(found?.endpointTexts == ["ping:echo.IPing"])
    }

    @Test func `members keep their order over all blocks`() throws {
        let (found, diagnostics) = read(
            "Server.edl",
            "entity Server components {a : C} endpoints {b : I} components {c : C}"
        )
        #expect(diagnostics.isEmpty)
        let names = try #require(found).members.map { member in
            switch member {
            case .endpoint(let endpoint): endpoint.name.value.description
            case .instance(let instance): instance.name.value.description
            case .unknown: "?"
            }
        }
        #expect(names == ["a", "b", "c"])
    }

    @Test func `a name is listed once, over all blocks`() {
        let (found, diagnostics) = read(
            "Server.edl",
            "entity Server endpoints {a : I} components {a : C} endpoints {a : J}"
        )
        #expect(ids(diagnostics) == ["duplicate-name"])
        #expect(found?.endpointTexts == ["a:I"])
        #expect(found?.instanceTexts == ["a:C"])
    }

    @Test func `a keyword may be a name`() {
        let (found, diagnostics) = read(
            "Server.edl",
            "entity echo.Server\nendpoints {\n    interface : a.I\n    endpoints : a.J\n}\n"
        )
        #expect(diagnostics.isEmpty)
        #expect(found?.endpointTexts == ["interface:a.I", "endpoints:a.J"])
    }

    @Test func `commas and semicolons between members are let pass`() {
        let (found, diagnostics) = read(
            "Server.edl",
            "entity Server; endpoints { a : I, b : I; c : I; };"
        )
        #expect(diagnostics.isEmpty)
        #expect(found?.endpoints.count == 3)
    }

    @Test func `comments count for nothing, whatever they hold`() {
        let comments = [
            "/* } entity */", "/**/", "/***/", "/* // */", "// /* \n", "// \" \n", "/* \" */",
            "/*\r\n*/", "/* \u{1F600} */",
        ]
        for comment in comments {
            let words = ["entity", "A", "endpoints", "{", "ping", ":", "I", "}"]
            let text = words.joined(separator: comment) + comment
            let (found, diagnostics) = read("A.edl", text)
            #expect(diagnostics.isEmpty, "\(comment)")
            #expect(found?.endpointTexts == ["ping:I"], "\(comment)")
        }
    }

    @Test func `comments may be in any encoding`() {
        var diagnostics: [Diagnostic] = []
        let bytes = Array("// ".utf8) + [0xCF, 0xF0, 0x00, 0xFF] + Array("\nentity A".utf8)
        let found = readSpecification("A.edl", bytes: bytes, diagnostics: &diagnostics)
        #expect(diagnostics.isEmpty)
        #expect(found?.name.place.line == 2)
    }

    @Test(arguments: ["\n", "\r\n", "\r"])
    func `lines end as editors end them`(end: String) {
        let text = ["// x", "entity A", "endpoints {", "    ping : I", "}", ""].joined(
            separator: end
        )
        let (found, diagnostics) = read("A.edl", "\u{FEFF}" + text)
        #expect(diagnostics.isEmpty)
        #expect(found.map { "\($0.name.place)" } == "A.edl:2:8")
        #expect(found?.endpoints.map { "\($0.name.place)" } == ["A.edl:4:5"])
    }

    @Test func `columns count code points`() {
        let (found, _) = read("A.edl", "/* é😀 */ entity A")
        #expect(found?.name.place.column == 17)
    }

    @Test func `what is not known is skipped, and what follows is read`() {
        let texts = [
            "future a.B", "future { a { b : c } }", "future\n{\n endpoints { x : y }\n}",
            "future(a,\n b) [c]", "future = { a };", "@future", "future \"}\"",
        ]
        for text in texts {
            let (found, diagnostics) = read(
                "A.edl",
                "entity A\n\(text)\nendpoints {\n ping : I\n}\n"
            )
            #expect(ids(diagnostics) == ["note: unknown-declaration"], "\(text)")
            #expect(found?.endpointTexts == ["ping:I"], "\(text)")
            #expect(found?.isComplete == false, "\(text)")
        }
    }

    @Test func `a fault in one member leaves the others`() {
        let (found, diagnostics) = read(
            "A.edl",
            "entity A\nendpoints {\n a I\n b : I\n c :\n d : I\n : I\n e : I\n}\ncomponents {\n f : C\n}"
        )
        #expect(ids(diagnostics) == ["missing-type", "missing-type", "missing-name"])
        #expect(found?.endpointTexts == ["b:I", "d:I", "e:I"])
        #expect(found?.instanceTexts == ["f:C"])
    }
}

@Suite struct `Specifications of packages` {
    @Test func `an interface has the name of its package, and methods in their order`() throws {
        let (found, diagnostics) = read(
            "IPing.idl",
            """
            package echo.IPing
            import kl.core.Types
            interface {
                Ping(in UInt32 value, out UInt32 result);
                Stop () ;
                Long(
                    in sequence<UInt8, (Max + 1) * 4> data,
                    out UInt32 written,
                    error UInt32 code
                );
            }
            """
        )
        #expect(diagnostics.isEmpty)
        let interface = try #require(found?.interfaces.first)
        #expect(interface.name.value.description == "echo.IPing")
        #expect(interface.methods.map(\.value.description) == ["Ping", "Stop", "Long"])
        #expect(interface.methods.map { "\($0.place)" }.last == "IPing.idl:6:5")
    }

    @Test func `a package need not have an interface`() {
        let (found, diagnostics) = read("Types.idl", "package kl.Types\ntypedef UInt8 Bool;\n")
        #expect(diagnostics.isEmpty)
        #expect(found?.interfaces.isEmpty == true)
        #expect(found?.isComplete == true)
    }

    @Test func `an interface may be empty`() {
        let (found, diagnostics) = read("IPing.idl", "package IPing interface {}")
        #expect(diagnostics.isEmpty)
        #expect(found?.interfaces.map(\.methods.count) == [0])
    }

    @Test(arguments: [
        "const UInt32 Max = (2 << 3) ** 2;", "const UInt32 A = 0x1F; const UInt32 B = 0o17;",
        "typedef sequence<UInt8, Max> Data;", "typedef array<array<UInt8, 4>, 4> Grid;",
        "typedef handle<kl.core.IThing> Thing;", "typedef string<Max> interface;",
        "struct Point { UInt32 x; UInt32 y; }", "struct Point { UInt32 x; };",
        "struct Nested { struct { UInt32 interface; } inner; }",
        "union Value { UInt8 byte; struct { Point from; } line; }", "error Broken { UInt32 code; }",
        "error { UInt32 code; }", "error Broken;", "const Text Name = \"interface { A(); }\";",
        "import kl.core.Types", "import kl.core.Types;",
    ])
    func `a definition is skipped whole`(definition: String) {
        for text in [definition, definition.split(separator: " ").joined(separator: "\n  ")] {
            let (found, diagnostics) = read(
                "IPing.idl",
                "package echo.IPing\n\(text)\ninterface {\n    Ping();\n}\n\(text)\n"
            )
            // A name cannot begin a line where a part could begin, nor a string go over lines.
            guard text == definition || !definition.contains("interface") else { continue }
            #expect(diagnostics.map(\.text) == [])
            #expect(found?.methodTexts == ["Ping"])
            #expect(found?.isComplete == true)
        }
    }

    @Test func `early packages name their interfaces`() {
        let (found, diagnostics) = read(
            "Foo.idl",
            "package Foo\ninterface IFoo {\n A();\n}\ninterface IBar {\n B();\n}\n"
        )
        #expect(diagnostics.isEmpty)
        #expect(found?.interfaces.map(\.name.value.description) == ["Foo.IFoo", "Foo.IBar"])
    }

    @Test func `a fault in one method leaves the others`() {
        let (found, diagnostics) = read(
            "IPing.idl",
            "package IPing\ninterface {\n A();\n (in UInt8 b);\n C\n D(in UInt8 d)\n E();\n F;\n G();\n}"
        )
        #expect(
            ids(diagnostics) == ["missing-name", "note: unknown-declaration", "missing-parameters"]
        )
        #expect(found?.methodTexts == ["A", "D", "E", "G"])
    }
}
