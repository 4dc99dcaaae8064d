import Diagnostics
import InitDescriptions
import LocatedYAML
import TestSupport
import Testing

@Suite struct `Files of connections` {
    @Test(arguments: [
        "- {target: kl.VfsNet, id: net}\n- {target: kl.VfsRamFs, id: fs}\n",
        "connections:\n- {target: kl.VfsNet, id: net}\n- {target: kl.VfsRamFs, id: fs}\n",
        "vfs:\n  - target: kl.VfsNet\n    id: net\n  - target: kl.VfsRamFs\n    id: fs\n",
        "net: {target: kl.VfsNet, id: net}\nfs: {target: kl.VfsRamFs, id: fs}\n",
        "- {target: kl.VfsNet, id: net}\n@MORE@\n- {target: kl.VfsRamFs, id: fs}\n",
    ])
    func `connections are read in whichever shape they come`(text: String) {
        var diagnostics: [Diagnostic] = []
        let description = inspectConnectDescription(
            "connect.yaml",
            source: .inMemory(["connect.yaml": text]),
            diagnostics: &diagnostics
        )
        #expect(diagnostics.isEmpty)
        let read = description.connections.map { "\($0.target) \($0.id)" }
        #expect(read == ["kl.VfsNet net", "kl.VfsRamFs fs"])
    }

    @Test func `one connection may stand alone, with a macro for its name`() throws {
        var diagnostics: [Diagnostic] = []
        let text = "target: \"@FS@\"\nid: {var: VFS, include: vfs/defs.h}\n"
        let description = inspectConnectDescription(
            "connect.yaml",
            source: .inMemory(["connect.yaml": text]),
            defines: ["FS": "kl.VfsRamFs"],
            diagnostics: &diagnostics
        )
        #expect(diagnostics.isEmpty)
        let connection = try #require(description.connections.first)
        #expect("\(connection.target) \(connection.id)" == "kl.VfsRamFs var:VFS")
        #expect(connection.isTargetKnown)
        #expect(!connection.isIDKnown)
    }

    @Test(arguments: [
        ("- {target: a, id: b}\n", true), ("target: a\nid: b\n", true),
        ("connections:\n- {target: a, id: b}\n", true), ("@X@\n- target: a\n", true),
        ("entities:\n- name: a\n", false), ("policy: p\n", false), ("- name: a\n", false),
        ("", false), ("[", false), ("x: {target: a, id: b}\n", false),
    ])
    func `only what has targets looks like such a file`(text: String, expected: Bool) {
        #expect(looksLikeConnectDescription(Array(text.utf8)) == expected)
    }

    @Test func `a file that cannot be read is an error`() {
        var diagnostics: [Diagnostic] = []
        let description = inspectConnectDescription(
            "connect.yaml",
            source: .inMemory([:]),
            diagnostics: &diagnostics
        )
        #expect(ids(diagnostics) == ["unreadable"])
        #expect(description.connections.isEmpty)
    }
}
