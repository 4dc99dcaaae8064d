import Foundation
import Testing

/// `kosbroker draft` as users run it.
@Suite struct `The draft command` {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        try scratch.write(
            "init.yaml",
            "entities:\n- {name: a.A, connections: [{target: a.B, id: b}]}\n- name: a.B\n"
        )
    }

    private func draft(_ arguments: String...) throws -> Run {
        try kosbroker(["draft"] + arguments, in: scratch.folder)
    }

    /// Checks and runs the drafts in a folder; what they print where they do not pass.
    private func faults(
        _ description: String,
        in folder: String = ".",
        _ more: String...
    ) throws -> String {
        let policy = "\(folder)/policy.yaml"
        let arguments = ["--policy", policy] + more
        let check = try kosbroker(
            ["check", description, policy, "\(folder)/tests.yaml"] + arguments,
            in: scratch.folder
        )
        let test = try kosbroker(["test", "\(folder)/tests.yaml"], in: scratch.folder)
        return (check.status == 0 ? "" : check.output + check.errors)
            + (test.status == 0 ? "" : test.output + test.errors)
    }

    @Test func `a policy and a suite are written beside the description, and pass`() throws {
        let run = try draft("init.yaml")
        #expect(run.status == 0)
        #expect(run.output == "wrote policy.yaml\nwrote tests.yaml\n")
        #expect(run.errors == "")
        #expect(try faults("init.yaml") == "")
        let strict = try kosbroker(
            ["check", ".", "--policy", "policy.yaml", "--strict"],
            in: scratch.folder
        )
        #expect(strict.status == 0, "\(strict.output)")
    }

    @Test(arguments: ["policy.yaml", "tests.yaml"])
    func `what is there is never overwritten`(name: String) throws {
        try scratch.write(name, "mine")
        let run = try draft("init.yaml")
        #expect(run.status == 5)
        #expect(run.errors.hasPrefix("kosbroker: `\(name)` is there already"))
        #expect(scratch.contents.sorted() == ["init.yaml", name].sorted())
        #expect(scratch.read(name) == "mine")
    }

    @Test func `a link that leads nowhere is not written through`() throws {
        try FileManager.default.createSymbolicLink(
            atPath: scratch.url("policy.yaml").path,
            withDestinationPath: "nowhere"
        )
        #expect(try draft("init.yaml").status == 5)
    }

    @Test func `the suite finds its description from another folder, also over a link`() throws {
        #expect(try draft("init.yaml", "-o", "deep/er").status == 0)
        #expect(scratch.read("deep/er/tests.yaml")?.contains("\ninit: ../../init.yaml\n") == true)
        #expect(try faults("init.yaml", in: "deep/er") == "")
        try FileManager.default.createSymbolicLink(
            atPath: scratch.url("link").path,
            withDestinationPath: "deep/er"
        )
        #expect(try draft("link/../init.yaml", "-o", "link/more").status == 3)
        #expect(try draft("init.yaml", "-o", "link/more").status == 0)
        #expect(try faults("init.yaml", in: "link/more") == "")
        try FileManager.default.createSymbolicLink(
            atPath: scratch.url("deep/linked.yaml").path,
            withDestinationPath: "../init.yaml"
        )
        #expect(try draft("deep/linked.yaml", "-o", "deep").status == 0)
        #expect(scratch.read("deep/tests.yaml")?.contains("\ninit: linked.yaml\n") == true)
        let absolute = scratch.url("init.yaml").path
        #expect(try draft(absolute, "-o", scratch.url("absolute").path).status == 0)
        #expect(scratch.read("absolute/tests.yaml")?.contains("\ninit: ../init.yaml\n") == true)
    }

    @Test func `macros without a value are left to be written, and only those`() throws {
        try scratch.write(
            "init.yaml.in",
            """
            entities:
            - name: a.A
              args: ["@ARGUMENT@"]
              connections:
              - {target: "@VFS@", id: "${VFS_ID}"}
            @INIT_A_ENTITY_CONNECTIONS+@
            @INIT_EXTERNAL_ENTITIES@

            """
        )
        #expect(try draft("init.yaml.in").status == 0)
        let suite = scratch.read("tests.yaml") ?? ""
        #expect(
            suite.contains(
                """
                defines:
                  VFS: undefined.VFS
                  VFS_ID: undefined.VFS_ID
                strangers
                """
            )
        )
        #expect(try faults("init.yaml.in") == "")
        #expect(try draft("init.yaml.in", "-o", "given", "--define", "VFS=kl.Vfs").status == 0)
        let given = scratch.read("given/tests.yaml") ?? ""
        #expect(given.contains("  VFS: kl.Vfs\n  VFS_ID: undefined.VFS_ID\n"))
        #expect(given.contains("server: kl.Vfs, connection: undefined.VFS_ID"))
    }

    @Test func `more entities and a name server are taken over into the suite`() throws {
        try scratch.write("more.yaml", "entities:\n- name: a.Hidden\n")
        let run = try draft(
            "init.yaml",
            "--with",
            "more.yaml",
            "--name-server",
            "kl.core.NameServer",
            "-o",
            "out"
        )
        #expect(run.status == 0)
        let suite = scratch.read("out/tests.yaml") ?? ""
        #expect(suite.contains("\nprocesses: [../more.yaml]\n"))
        #expect(suite.contains("\nname-server: kl.core.NameServer\n"))
        #expect(suite.contains("target: a.Hidden}"))
        #expect(
            try faults(
                "init.yaml",
                in: "out",
                "--with",
                "more.yaml",
                "--name-server",
                "kl.core.NameServer"
            ) == ""
        )
        #expect(try draft("init.yaml", "--name-server", "none", "-o", "none").status == 0)
        #expect(try faults("init.yaml", in: "none") == "")
        #expect(try draft("init.yaml", "--name-server", "a.A", "-o", "x").status == 2)
    }

    @Test func `with specifications the proposals have their names`() throws {
        try FileManager.default.createDirectory(
            at: scratch.url("specs"),
            withIntermediateDirectories: false
        )
        try scratch.write("specs/B.edl", "entity a.B endpoints { main : a.Main }\n")
        try scratch.write("specs/A.edl", "entity a.A\n")
        #expect(try draft("init.yaml", "--specs", "specs").status == 0)
        let policy = scratch.read("policy.yaml") ?? ""
        #expect(policy.contains("  #   interface: a.Main\n  #   endpoint: main\n"))
        #expect(!policy.contains("ENDPOINT"))
        #expect(try faults("init.yaml", in: ".", "--specs", "specs", "--strict") == "")
        #expect(try draft("init.yaml", "--specs", "nowhere", "-o", "x").status == 3)
        #expect(!scratch.contents.contains("x"))
    }

    @Test func `a name that no policy can say is left out with a word`() throws {
        try scratch.write("odd.yaml", "entities:\n- name: a.A\n- {name: a.B, task: $x}\n")
        let run = try draft("odd.yaml")
        #expect(run.status == 0)
        #expect(
            run.errors.contains(
                "kosbroker: no policy can name the process `$x`; the draft leaves it out\n"
            )
        )
        let test = try kosbroker(["test", "tests.yaml"], in: scratch.folder)
        #expect(test.status == 0, "\(test.output)")
    }

    @Test func `a description with errors, or none, is not drafted from`() throws {
        try scratch.write("bad.yaml", "entities:\n- nam: a.A\n")
        let run = try draft("bad.yaml")
        #expect(run.status == 3)
        #expect(run.errors.contains("bad.yaml:2:3: error: "))
        #expect(try draft("nowhere.yaml").status == 3)
        #expect(try draft("-").status == 2)
        #expect(try draft().status == 2)
        #expect(scratch.contents == ["bad.yaml", "init.yaml"])
    }

    @Test func `a folder that cannot be made is exit code 5`() throws {
        #expect(try draft("init.yaml", "-o", "init.yaml/x").status == 5)
    }
}
