import Diagnostics
import InitDescriptions
import TestSupport
import Testing

/// What is no finding; what is one stands in `Documents`.
@Suite struct `Findings` {
    private static let server = "- name: echo.Server\n"

    @Test(arguments: [
        "- name: echo.Client\n@INIT_Client_ENTITY_CONNECTIONS@\n",
        "- name: echo.Client\n  task: echo.Client1\n@INIT_Client_ENTITY_ARGS@\n",
        "- name: kl.Ntpd\n  path: ntpd\n@INIT_ntpd_ENTITY_ENV@\n",
        "- name: kl.Ntpd\n  path: ntpd\n@INIT_Ntpd_ENTITY_ENV@\n",
        "- name: echo.Client\n  path: bin/ClientExec\n@INIT_ClientExec_ENTITY_ENV@\n",
        // Where the path is a macro, any program may be meant.
        "- name: echo.Klog\n  path: @INIT_Klog_PATH@\n@INIT_KlogHw_ENTITY_CONNECTIONS@\n",
        // A program may be called a little otherwise than its class.
        "- name: echo.Client\n@INIT_EchoClient_ENTITY_CONNECTIONS@\n",
        "- name: echo.Client\n@INIT_client_exec_ENTITY_CONNECTIONS@\n",
        "- name: a.A\n@INIT_Aa_ENTITY_ENV@\n- name: a.B\n@INIT_Bb_ENTITY_ENV@\n"
            + "- name: a.C\n@INIT_C_ENTITY_CONNECTIONS@\n",
    ])
    func `a macro that may well be for the program beside it is none`(entities: String) {
        #expect(check("entities:\n" + entities).isEmpty)
    }

    @Test func `a macro that is like no process of the file names none`() {
        let found = check("entities:\n- name: echo.Client\n@INIT_HelloWorld_ENTITY_CONNECTIONS@\n")
        #expect(ids(found) == ["warning: unmatched-macro"])
    }

    @Test(arguments: [
        "@ROOTFS_ENTITY@", "@INIT_Klog_PATH@", "@INIT_ENTITY_ENV@", "@EXTRA_ENTITIES@",
        "@INIT_Client_CONNECTIONS@", "@MQTT_BROKER_ADDRESS@", "@ENTITY_ARGS@", "${CONNECTIONS}",
    ])
    func `a macro of the author's own is not misspelt`(macro: String) {
        let found = check("entities:\n- name: echo.Client\n  \(macro)\n")
        #expect(ids(found) == ["note: unknown-macro"])
    }

    @Test(arguments: [
        ("@INIT_Client_ENTITY_CONNECTION@", "@INIT_Client_ENTITY_CONNECTIONS@"),
        ("@init_Client_entity_connections+@", "@INIT_Client_ENTITY_CONNECTIONS+@"),
        ("@INIT_my_client_ENTTY_ARG@", "@INIT_my_client_ENTITY_ARGS@"),
        ("@INT_Client_ENTITY_ENV@", "@INIT_Client_ENTITY_ENV@"),
        ("@INIT_EXTERNAL_ENTITIS@", "@INIT_EXTERNAL_ENTITIES@"),
        ("@INIT_EXTERNAL_ENTITY@", "@INIT_EXTERNAL_ENTITIES@"),
    ])
    func `a macro that is nearly one of the build's is misspelt`(macro: String, meant: String) {
        let found = check("entities:\n- name: echo.Client\n\(macro)\n")
        #expect(found.last?.id == "macro-spelling")
        #expect(found.last?.hint == "did you mean `\(meant)`?")
    }

    @Test(arguments: [
        "  connections:\n  - {target: echo.Server, id: a}\n@INIT_Client_ENTITY_CONNECTIONS+@\n",
        "  connections:\n@INIT_Client_ENTITY_CONNECTIONS+@\n",
        "  env:\n    A: b\n@INIT_Client_ENTITY_ENV+@\n  args:\n  - c\n@INIT_Client_ENTITY_ARGS+@\n",
        "@INIT_Client_ENTITY_CONNECTIONS@\n@INIT_Client_ENTITY_CONNECTIONS+@\n",
        // These may bring the key.
        "@LISTS@\n@INIT_Client_ENTITY_CONNECTIONS+@\n",
        "  args:\n  $<JOIN:a,b>\n@INIT_Client_ENTITY_ENV+@\n",
    ])
    func `a macro with a plus is right where a list goes on, or may`(lines: String) {
        let found = check("entities:\n- name: echo.Client\n" + lines + Self.server)
        #expect(!found.contains { $0.id == "macro-plus" }, "\(found.map(\.text))")
    }

    @Test(arguments: [
        "{target: kl.core.NameServer, id: kl.core.NameServer}",
        "{target: kl.core.NameServer, id: {var: NS_SERVER_NAME, include: ns.h}}",
        "{target: kl.core.NameServer, id: \"@NS@\"}",
        "{target: \"@NS@\", id: ns}",
        "{target: kl.core.DCM, id: kl.core.DCM}",
    ])
    func `a channel that programs may find is not misnamed`(connection: String) {
        let found = check(
            "entities:\n- name: echo.Client\n  connections:\n  - \(connection)\n"
                + "@INIT_EXTERNAL_ENTITIES@\n"
        )
        #expect(found.allSatisfy { $0.id == "undefined-macro" })
    }

    @Test func `a second channel to the name server may have any name`() {
        let found = check(
            """
            entities:
            - name: echo.Client
              connections:
              - {target: ns, id: other}
              - {target: ns, id: kl.core.NameServer}
            - name: kl.core.NameServer
              task: ns
            - name: my.NameServer
              connections:
              - {target: my.NameServer2, id: b}
            - name: my.NameServer2
              connections:
              - {target: echo.Client, id: c}
            """
        )
        #expect(found.isEmpty)
    }

    @Test(arguments: [
        "@INIT_EXTERNAL_ENTITIES@\n", "@INIT_Server_ENTITY_CONNECTIONS@\n", "$<MORE>\n",
        "  connections:\n  - {target: \"@ANY@\", id: any}\n", "- name: kl.core.NameServer\n",
        "- name: kl.core.DCM\n", "- name: \"@ANY@\"\n", "- name: echo.Other\n  env: []\n",
    ])
    func `a process may be connected where something is not written down`(more: String) {
        let connected = "- name: echo.A\n  connections: [{target: echo.B, id: b}]\n- name: echo.B\n"
        let entities = "entities:\n\(connected)- name: echo.Client\n- name: echo.Server\n"
        #expect(check(entities).contains { $0.id == "isolated-process" })
        #expect(!check(entities + more).contains { $0.id == "isolated-process" })
    }

    @Test func `no process is isolated where none has a static channel`() {
        #expect(check("entities:\n- name: echo.Client\n- name: echo.Server\n").isEmpty)
        let myself = "  connections: [{target: echo.Client, id: myself}]\n"
        let found = check("entities:\n- name: echo.Client\n\(myself)- name: echo.Server\n")
        #expect(ids(found) == ["warning: self-connection"])
    }

    @Test func `a process is not isolated that is a client or a server, or alone`() {
        #expect(check("entities:\n- name: echo.Client\n").isEmpty)
        let arguments = "@INIT_Other_ENTITY_ARGS@\n"
        let found = check(
            """
            entities:
            - name: echo.Client
              connections:
              - {target: echo.Server, id: server}
            - name: echo.Server
            - name: echo.Kernel
              connections:
              - {target: kl.core.Core, id: kernel}
            - name: echo.Other
              connections:
              - {target: echo.Other, id: myself}
            \(arguments)
            """
        )
        #expect(ids(found) == ["note: isolated-process", "warning: self-connection"])
    }

    @Test func `nothing is said of names that only the build knows`() {
        let found = check(
            """
            entities:
            - name: "@prefix@.client"
              task: $<TASK>
              connections:
              - {target: "${CLIENT}", id: "${SERVER} x"}
              - {target: nobody, id: "@A@"}
              - {target: nobody, id: "@B@"}
            """
        )
        #expect(found.allSatisfy { $0.id == "undefined-macro" })
        #expect(found.count == 6)
    }
}
