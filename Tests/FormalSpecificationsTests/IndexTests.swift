import Diagnostics
import FormalSpecifications
import LocatedYAML
import SecurityEvents
import TestSupport
import Testing

@Suite struct `Linked specifications` {
    private static let ping = (path: "CPing.cdl", text: "component echo.CPing endpoints {ping : I}")

    @Test func `an endpoint is known by both its spellings`() throws {
        let (index, diagnostics) = load(
            (
                "Server.edl",
                "entity echo.Server endpoints {own : echo.IOwn} components {c : echo.CPing}"
            ),
            Self.ping
        )
        #expect(diagnostics.isEmpty)
        #expect(
            try index.endpointTexts(ofClass: "echo.Server") == [
                "own echo.Server.own echo.IOwn 0", "c.ping echo.CPing.ping I 1",
            ]
        )
        for name in ["own", "echo.Server.own"] {
            #expect(try index.answer(name, ofClass: "echo.Server") == "echo.IOwn 0")
        }
        for name in ["c.ping", "echo.CPing.ping"] {
            #expect(try index.answer(name, ofClass: "echo.Server") == "I 1")
        }
        for name in ["ping", "c", "echo.Server.c.ping", "echo.CPing", "Own"] {
            #expect(try index.answer(name, ofClass: "echo.Server") == "absent")
        }
    }

    @Test func `endpoints are numbered in the order of the specifications, through components`()
        throws
    {
        let (index, diagnostics) = load(
            ("A.edl", "entity A components {x : C} endpoints {own : I} components {y : D}"),
            ("C.cdl", "component C endpoints {a : I b : I} components {in : D}"),
            ("D.cdl", "component D endpoints {d : J}")
        )
        #expect(diagnostics.isEmpty)
        #expect(
            try index.endpointTexts(ofClass: "A") == [
                "x.a C.a I 0", "x.b C.b I 1", "x.in.d D.d J 2", "own A.own I 3", "y.d D.d J 4",
            ]
        )
    }

    @Test func `what instances of one component share has no number of its own`() throws {
        let (index, _) = load(
            ("Server.edl", "entity Server components {a : echo.CPing b : echo.CPing}"),
            Self.ping
        )
        #expect(try index.answer("a.ping", ofClass: "Server") == "I 0")
        #expect(try index.answer("b.ping", ofClass: "Server") == "I 1")
        #expect(try index.answer("echo.CPing.ping", ofClass: "Server") == "I ?")
    }

    @Test func `the path of instances goes before the spelling with the component`() throws {
        let (index, _) = load(
            ("Server.edl", "entity Server components {first : Ping Ping : Pong}"),
            ("Ping.cdl", "component Ping endpoints {go : I}"),
            ("Pong.cdl", "component Pong endpoints {go : J}")
        )
        #expect(try index.answer("Ping.go", ofClass: "Server") == "J 1")
    }

    @Test func `past a component that is not here nothing is absent, and nothing has a number`()
        throws
    {
        let (index, diagnostics) = load(
            ("A.edl", "entity A endpoints {a : I} components {k : kl.Klog}\nendpoints {b : I}")
        )
        #expect(diagnostics.isEmpty)
        #expect(try index.answer("a", ofClass: "A") == "I 0")
        #expect(try index.answer("b", ofClass: "A") == "I ?")
        #expect(try index.answer("k.klog", ofClass: "A") == "unknown")
        #expect(try index.answer("c", ofClass: "A") == "unknown")
        let processClass = try #require(index.processClass(try ClassName("A")))
        #expect(!processClass.isComplete)
        #expect(
            processClass.unknownComponents.map { "\($0.value) \($0.place)" } == [
                "kl.Klog A.edl:1:44"
            ]
        )
    }

    @Test func `of a class that no file declares nothing is known`() throws {
        let (index, _) = load(Self.ping)
        #expect(!index.knowsClass(try ClassName("echo.CPing")))
        #expect(try index.answer("ping", ofClass: "echo.CPing") == "unknown")
    }

    @Test func `of a faulty file what could be read is known`() throws {
        let (index, diagnostics) = load(("A.edl", "entity A\nendpoints {\n a : I\n b\n c : I\n}"))
        #expect(ids(diagnostics) == ["missing-type"])
        #expect(index.knowsClass(try ClassName("A")))
        #expect(try index.answer("a", ofClass: "A") == "I 0")
        #expect(try index.answer("c", ofClass: "A") == "I ?")
        #expect(try index.answer("b", ofClass: "A") == "unknown")
    }

    @Test func `a class that another one describes may have more endpoints`() throws {
        let (index, _) = load(("A.edl", "task class A : B\nendpoints {a : I}"))
        #expect(try index.answer("a", ofClass: "A") == "I ?")
        #expect(try index.answer("b", ofClass: "A") == "unknown")
        let (same, _) = load(("A.edl", "task class A : A\nendpoints {a : I}"))
        #expect(try same.answer("a", ofClass: "A") == "I 0")
        #expect(try same.answer("b", ofClass: "A") == "absent")
    }

    @Test func `interfaces are known when declared and when named`() throws {
        let (index, _) = load(
            ("A.edl", "entity A security s.Sec endpoints {a : sdk.I}"),
            ("IPing.idl", "package echo.IPing interface {}"),
            ("Types.idl", "package echo.Types typedef UInt8 Bool;"),
            ("Odd.idl", "package echo.Odd\nfuture x\n")
        )
        for name in ["s.Sec", "sdk.I", "echo.IPing", "echo.Odd"] {
            #expect(index.knowsInterface(try InterfaceName(name)), "\(name)")
        }
        for name in ["echo.Types", "sdk.J"] {
            #expect(!index.knowsInterface(try InterfaceName(name)), "\(name)")
        }
        #expect(index.interfaceNames.map(\.description) == ["echo.IPing", "s.Sec", "sdk.I"])
    }

    @Test func `who offers an interface is listed by class and number`() throws {
        let (index, _) = load(
            ("B.edl", "entity B endpoints {x : I y : J z : I}"),
            ("A.edl", "entity A components {c : echo.CPing}"),
            Self.ping
        )
        let offers = index.offers(interface: try InterfaceName("I"))
        #expect(offers.map { "\($0.className) \($0.path)" } == ["A c.ping", "B x", "B z"])
        #expect(index.offers(interface: try InterfaceName("K")).isEmpty)
    }

    @Test func `every spelling is there to be suggested`() throws {
        let (index, _) = load(
            ("A.edl", "entity A components {c : echo.CPing}"),
            ("B.edl", "entity B components {c : echo.CPing}"),
            Self.ping
        )
        #expect(index.endpointNames.map(\.description) == ["c.ping", "echo.CPing.ping"])
        let names = index.endpointNames(ofClass: try ClassName("B"))
        #expect(names.map(\.description) == ["c.ping", "echo.CPing.ping"])
        #expect(index.endpointNames(ofClass: try ClassName("C")).isEmpty)
    }

    @Test func `of specifications with one name the first counts`() throws {
        let (index, diagnostics) = load(
            ("one/A.edl", "entity A endpoints {a : I}"),
            ("two/A.edl", "entity A endpoints {b : I}"),
            ("three/A.edl", "// a copy\nentity A\nendpoints {\n a : I\n}")
        )
        #expect(
            diagnostics.map(\.text) == [
                "three/A.edl:2:8: note: this `A` says the same as one/A.edl:1:8 "
                    + "[duplicate-specification]",
                "two/A.edl:1:8: warning: this `A` is not used; the first is one/A.edl:1:8 "
                    + "[duplicate-specification]",
            ]
        )
        #expect(try index.answer("a", ofClass: "A") == "I 0")
        #expect(try index.answer("b", ofClass: "A") == "absent")
    }

    @Test func `a class, a component and a package may have one name`() throws {
        let (index, diagnostics) = load(
            ("A.edl", "entity A components {c : A}"),
            ("A.cdl", "component A endpoints {a : A}"),
            ("A.idl", "package A interface {}")
        )
        #expect(diagnostics.isEmpty)
        #expect(try index.endpointTexts(ofClass: "A") == ["c.a A.a A 0"])
    }

    @Test func `nothing but duplicates depends on the order of the files`() throws {
        let files = [
            (path: "A.edl", text: "entity A components {c : C}"),
            (path: "C.cdl", text: "component C components {d : D}"),
            (path: "D.cdl", text: "component D endpoints {d : I}"),
            (path: "B.edl", text: "entity B endpoints {b : I}"),
        ]
        for seed in UInt64(0)..<20 {
            var random = SeededGenerator(seed: seed)
            var diagnostics: [Diagnostic] = []
            let index = loadSpecifications(
                files.shuffled(using: &random).map { ($0.path, Array($0.text.utf8)) },
                diagnostics: &diagnostics
            )
            #expect(diagnostics.isEmpty)
            #expect(index.classes.map(\.name.description) == ["A", "B"])
            #expect(try index.endpointTexts(ofClass: "A") == ["c.d.d D.d I 0"], "seed \(seed)")
        }
    }

    @Test func `a file that cannot be read is an error, and the rest is read`() throws {
        var diagnostics: [Diagnostic] = []
        let index = loadSpecifications(
            ["A.edl", "B.edl"],
            source: .inMemory(["B.edl": "entity B"]),
            diagnostics: &diagnostics
        )
        #expect(ids(diagnostics) == ["unreadable"])
        #expect(index.knowsClass(try ClassName("B")))
    }
}

@Suite struct `Components in components` {
    @Test func `a component that contains itself is an error, once for each cycle`() throws {
        let (index, diagnostics) = load(
            ("A.edl", "entity A endpoints {a : I} components {c : C}\nendpoints {z : I}"),
            ("B.edl", "entity B components {d : D}"),
            ("C.cdl", "component C endpoints {c : I} components {d : D}"),
            ("D.cdl", "component D endpoints {d : I} components {e : E c : C}"),
            ("E.cdl", "component E endpoints {e : I}"),
            ("F.cdl", "component F components {f : F}")
        )
        #expect(
            diagnostics.map(\.text) == [
                "D.cdl:1:53: error: `C` contains itself: `C` → `D` → `C` [component-cycle]",
                "F.cdl:1:29: error: `F` contains itself: `F` → `F` [component-cycle]",
            ]
        )
        #expect(try index.answer("a", ofClass: "A") == "I 0")
        #expect(try index.answer("c.d.e.e", ofClass: "A") == "I 3")
        #expect(try index.answer("z", ofClass: "A") == "I ?")
        #expect(try index.answer("c.d.c.c", ofClass: "A") == "unknown")
        #expect(try index.answer("d.d", ofClass: "B") == "I 0")
    }

    @Test func `embeddings that double at each level stop at a limit`() throws {
        var files = (0..<40).map {
            (
                path: "C\($0).cdl",
                text: "component C\($0) components {a : C\($0 + 1) b : C\($0 + 1)}"
            )
        }
        files.append((path: "C40.cdl", text: "component C40 endpoints {x : I}"))
        files.insert((path: "A.edl", text: "entity A components {c : C0}"), at: 0)
        files.append((path: "B.edl", text: "entity B endpoints {b : I}"))
        var diagnostics: [Diagnostic] = []
        let index = loadSpecifications(
            files.map { ($0.path, Array($0.text.utf8)) },
            diagnostics: &diagnostics
        )
        #expect(ids(diagnostics) == ["too-many-members"])
        #expect(try index.answer("nothing", ofClass: "A") == "unknown")
        #expect(try index.answer("b", ofClass: "B") == "unknown")
    }

    @Test func `a chain of components deeper than the limit is not followed to its end`() throws {
        let count = 20_000
        var files = (0..<count).map {
            (path: "C\($0).cdl", bytes: Array("component C\($0) components {a : C\($0 + 1)}".utf8))
        }
        files.append((path: "A.edl", bytes: Array("entity A components {c : C0}".utf8)))
        var diagnostics: [Diagnostic] = []
        let index = loadSpecifications(files, diagnostics: &diagnostics)
        #expect(diagnostics.isEmpty)
        #expect(try index.answer("x", ofClass: "A") == "unknown")
        files.append((path: "Z.cdl", bytes: Array("component C\(count) components {a : C0}".utf8)))
        _ = loadSpecifications(files, diagnostics: &diagnostics)
        #expect(ids(diagnostics) == ["warning: specification-name", "component-cycle"])
    }
}
