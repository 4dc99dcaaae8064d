import Foundation
import Testing

/// `kosbroker check --golden`: who may talk to whom, approved and compared.
@Suite struct `The golden table` {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        try scratch.write(
            "init.yaml",
            "entities:\n- {name: a.A, connections: [{target: a.B, id: b}]}\n- name: a.B\n"
        )
        try writePolicy("")
    }

    private func writePolicy(_ more: String) throws {
        try scratch.write(
            "policy.yaml",
            "policy: p\nrules:\n- {id: start, allow: [init.execute, init.connect]}\n" + more
        )
    }

    private func check(_ arguments: String...) throws -> Run {
        try kosbroker(
            ["check", "init.yaml", "--policy", "policy.yaml", "--golden", "access.txt"] + arguments,
            in: scratch.folder
        )
    }

    @Test func `it is written, compared, broken by a change, and approved again`() throws {
        #expect(try check("--update-golden").status == 0)
        #expect(scratch.read("access.txt")?.hasSuffix("\nstatic a.A -> a.B as b\n") == true)
        #expect(try check().status == 0)
        try writePolicy("- {id: back, allow: cm.connect, client: a.B}\n")
        let added = try check()
        #expect(added.status == 1)
        #expect(added.output.contains("not approved: dynamic a.B -> a.A [access-added]"))
        #expect(try check("--update-golden").status == 0)
        #expect(try check().status == 0)
        try writePolicy("")
        let removed = try check("--format", "sarif")
        #expect(removed.status == 1)
        #expect(removed.output.contains("\"access-removed\""))
    }

    @Test func `comments and line ends of an editor do not matter`() throws {
        try scratch.write("access.txt", "\u{FEFF}# mine\r\n\r\nstatic a.A -> a.B as b\r\n")
        #expect(try check().status == 0)
        #expect(try check("--update-golden").status == 0)
        #expect(scratch.read("access.txt")?.contains("# mine\n\nstatic a.A") == true)
    }

    @Test func `where it is missing the check says how to write it`() throws {
        let run = try check()
        #expect(run.status == 3)
        #expect(
            run.output.contains("access.txt:1:1: error: cannot read `access.txt`: no such file")
        )
        #expect(run.output.contains("--update-golden writes it"))
    }

    @Test func `it is not written while there are errors, and not compared with half a solution`()
        throws
    {
        try scratch.write("policy.yaml", "policy: p\n")
        let denied = try check("--update-golden")
        #expect(denied.status == 1)
        #expect(denied.errors == "kosbroker: `access.txt` is not written while there are errors\n")
        #expect(scratch.read("access.txt") == nil)
        try scratch.write("access.txt", "static a.A -> a.B as b\n")
        try scratch.write("policy.yaml", "policy: p\nrule: []\n")
        let broken = try check()
        #expect(broken.status == 1)
        #expect(!broken.output.contains("access-removed"))
        #expect(broken.errors.contains("`access.txt` is not looked at: documents are missing"))
        #expect(try check("--update-golden").status == 1)
        #expect(scratch.read("access.txt") == "static a.A -> a.B as b\n")
    }

    @Test func `an error of the policy counts though a comment suppresses it`() throws {
        try scratch.write("policy.yaml", "policy: p\nrule: [] # kosbroker:ignore unknown-key why\n")
        let run = try check()
        #expect(run.status == 1)
        #expect(run.errors.contains("the policy has errors; nothing was put to it"))
    }

    @Test func `it is about one description`() throws {
        try scratch.write("other.yaml", "entities:\n- name: a.A\n")
        let run = try kosbroker(
            ["check", "init.yaml", "other.yaml", "--golden", "access.txt"],
            in: scratch.folder
        )
        #expect(run.status == 2)
        #expect(run.errors.contains("--golden is about one init description, not 2"))
    }

    @Test func `what cannot be written is exit code 5`() throws {
        let run = try kosbroker(
            ["check", "init.yaml", "--golden", "nowhere/access.txt", "--update-golden"],
            in: scratch.folder
        )
        #expect(run.status == 5)
    }
}
