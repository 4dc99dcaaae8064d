import Diagnostics
import InitDescriptions
import SecurityEvents
import TestSupport
import Testing

@Suite struct `Templates` {
    private static let kinds: [(String, TemplateMacro.Kind, String?, Bool)] = [
        ("@INIT_Client_ENTITY_CONNECTIONS@", .connections, "Client", false),
        ("@INIT_Client_ENTITY_CONNECTIONS+@", .connections, "Client", true),
        ("@INIT_a_ENTITY_b_ENTITY_ARGS@", .arguments, "a_ENTITY_b", false),
        ("@INIT_Client_ENTITY_ARGS+@", .arguments, "Client", true),
        ("@INIT_Client_ENTITY_ENV@", .environment, "Client", false),
        ("@INIT_Client_ENTITY_ENV+@", .environment, "Client", true),
        ("@INIT_EXTERNAL_ENTITIES@", .externalEntities, nil, false),
        ("@INIT_ENTITY_ENV@", .other, nil, false),
        ("@INIT_KlogEntity_PATH@", .other, nil, false),
        ("@ROOTFS_ENTITY@", .other, nil, false),
        ("$<TARGET_PROPERTY:Client,EXTRA_ARGS>", .generatorExpression, nil, false),
        ("$<IF:$<CONFIG:Debug>,a,b>", .generatorExpression, nil, false),
    ]

    @Test(arguments: kinds)
    func `a macro alone on its line is recorded with its kind and program`(
        text: String,
        kind: TemplateMacro.Kind,
        program: String?,
        appends: Bool
    ) throws {
        let (description, _) = inspect("entities:\n- name: a\n  \(text) # brings more\n")
        let macro = try #require(description.macros.first)
        #expect(description.macros.count == 1)
        #expect(macro.text == text)
        #expect(macro.kind == kind)
        #expect(macro.program == program)
        #expect(macro.appends == appends)
        #expect(macro.place == SourceLocation(file: "init.yaml.in", line: 3, column: 3))
    }

    @Test func `what comes after a macro stays where it is`() {
        for lineBreak in ["\n", "\r\n"] {
            let lines = [
                "entities:", "@INIT_a_ENTITY_ENV@", "- name: a", "  args:", "  $<TARGET:a> $<B>",
                "@INIT_a_ENTITY_CONNECTIONS@", "  path: @A_PATH@", "- name: b",
            ]
            let (description, diagnostics) = inspect(lines.joined(separator: lineBreak))
            #expect(diagnostics.isEmpty)
            #expect(description.entities.map(\.places.name.line) == [3, 8])
            #expect(description.entities.map(\.places.name.column) == [9, 9])
            #expect(description.entities.first?.places.path?.column == 9)
            #expect(description.macros.map(\.place.line) == [2, 5, 5, 6])
            #expect(description.macros.map(\.place.column) == [1, 3, 15, 1])
        }
    }

    @Test func `a macro that is commented out is none`() {
        let (description, diagnostics) = inspect(
            """
            entities:
            # @INIT_EXTERNAL_ENTITIES@
            - name: a # @INIT_a_ENTITY_CONNECTIONS@
              #@INIT_a_ENTITY_ARGS@
            """
        )
        #expect(description.macros.isEmpty)
        #expect(diagnostics.isEmpty)
    }

    @Test func `a macro stands in the entity above it`() {
        let (description, _) = inspect(
            """
            @FIRST@
            entities:
            - name: a
            @INIT_x_ENTITY_CONNECTIONS+@
            @INIT_x_ENTITY_ENV@
            - task: b
              name: a
              @SECOND@
            @THIRD@
            @INIT_EXTERNAL_ENTITIES@
            """
        )
        let macros = description.macros
        #expect(macros.map { $0.process?.description } == [nil, "a", "a", "b", "b", nil])
        #expect(macros.map(\.mayBringConnections) == [false, true, false, true, true, false])
        #expect(macros.map(\.mayBringProcesses) == [true, false, false, false, true, true])
        #expect(description.externalEntities?.place.line == 10)
    }

    @Test func `a list whose contents come from a macro is empty`() throws {
        let (description, diagnostics) = inspect(
            """
            entities:
            - name: a
              connections:
            @INIT_a_ENTITY_CONNECTIONS+@
              args:
              $<TARGET_PROPERTY:a,EXTRA_ARGS>
              env:
            @INIT_a_ENTITY_ENV+@
            """
        )
        let entity = try #require(description.entities.first)
        #expect(diagnostics.isEmpty)
        #expect(entity.connections.isEmpty)
        #expect(entity.args.isEmpty)
        #expect(entity.env.isEmpty)
    }

    @Test func `a macro may stand for a list, or for an element of one`() {
        let (description, diagnostics) = inspect(
            """
            entities:
            - @FIRST@
            - name: a
              args: $<TARGET_PROPERTY:a,EXTRA_ARGS>
              env: @ENVIRONMENT@
              connections: @INIT_a_ENTITY_CONNECTIONS@
            - name: b
              connections:
              - @LOGGER@
            """
        )
        #expect(ids(diagnostics) == ["note: unknown-macro", "note: unknown-macro"])
        #expect(description.entities.map(\.task.description) == ["a", "b"])
        let macros = description.macros
        #expect(macros.map(\.kind) == [.other, .connections, .other])
        #expect(macros.map { $0.process?.description } == [nil, "a", "b"])
        #expect(macros.map(\.mayBringProcesses) == [true, false, false])
        #expect(inspect("entities: @ALL@\n").description.macros.map(\.mayBringProcesses) == [true])
    }

    @Test func `entities may all come from a macro`() {
        let (description, diagnostics) = inspect("entities:\n\n@INIT_EXTERNAL_ENTITIES@")
        #expect(diagnostics.isEmpty)
        #expect(description.entities.isEmpty)
        #expect(description.mayBringNameServer)
    }

    @Test func `a macro inside a value is replaced by its definition`() throws {
        let text = """
            entities:
            - name: @PREFIX@.Client
              path: @DIR@/@PREFIX@
              args: ["@PREFIX@@PREFIX@", user@host, "@NOWHERE@"]
              env:
                @KEY@: client:@PREFIX@
              connections:
              - target: "@PREFIX@.Client"
                id: '@PREFIX@'
            """
        let defines = ["PREFIX": "echo", "DIR": "bin", "KEY": "A"]
        let (description, diagnostics) = inspect(text, defines: defines)
        let entity = try #require(description.entities.first)
        #expect(ids(diagnostics) == ["warning: self-connection"])
        #expect("\(entity.className)" == "echo.Client")
        #expect(entity.path == "bin/echo")
        #expect(entity.args == ["echoecho", "user@host", "@NOWHERE@"])
        #expect(entity.env.map(\.key) == ["A"])
        #expect(entity.env.map(\.value) == ["client:echo"])
        #expect(entity.connections.map { "\($0.target) \($0.id)" } == ["echo.Client echo"])
    }

    @Test func `a macro that is not defined may stay in args, env and path`() throws {
        let (description, diagnostics) = inspect(
            """
            entities:
            - name: a
              path: @INIT_a_PATH@
              args: [$<TARGET_FILE:a>, --host=@HOST@]
              env: {BACKEND: "client:@ROOTFS_ENTITY@"}
            """
        )
        let entity = try #require(description.entities.first)
        #expect(diagnostics.isEmpty)
        #expect(entity.path == "@INIT_a_PATH@")
        #expect(entity.args == ["$<TARGET_FILE:a>", "--host=@HOST@"])
        #expect(entity.env.map(\.value) == ["client:@ROOTFS_ENTITY@"])
    }

    @Test func `characters for private use are left alone`() throws {
        let text =
            "entities:\n- name: a\n  args: [\"\u{E000}@X@\u{E001}\", \"\u{E000}Y\u{E000}\"]\n"
        let (description, diagnostics) = inspect(text, defines: ["X": "x", "Y": "y"])
        #expect(diagnostics.isEmpty)
        let args = try #require(description.entities.first?.args)
        #expect(args == ["\u{E000}x\u{E001}", "\u{E000}Y\u{E000}"])
    }

    @Test func `what is not defined is reported once, with the way to define it`() {
        let (_, diagnostics) = inspect(
            """
            entities:
            - name: a
              connections:
              - {target: "@X@", id: "@X@"}
              - {target: "@Y@", id: y}
            """
        )
        #expect(ids(diagnostics) == ["note: undefined-macro", "note: undefined-macro"])
        #expect(diagnostics.first?.hint?.contains("--define X=VALUE") == true)
    }
}
