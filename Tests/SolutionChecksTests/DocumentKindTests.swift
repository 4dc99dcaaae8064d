import Diagnostics
import SolutionChecks
import Testing

@Suite struct `Kinds of documents` {
    private func kind(_ text: String, named path: String = "x.yaml") -> DocumentKind? {
        DocumentKind(of: Array(text.utf8), named: path)
    }

    @Test func `a top-level key tells the kind`() {
        #expect(kind("entities:\n- name: a\n") == .initDescription)
        #expect(kind("policy: p\n") == .policy)
        #expect(kind("suite: s\n") == .suite)
        #expect(kind("suit: s\n") == nil)
        #expect(kind("") == nil)
    }

    @Test func `a suite is one though it names a policy, and a description wins over a policy`() {
        #expect(kind("policy: [p.yaml]\ninit: i.yaml\nsuite: s\n") == .suite)
        #expect(kind("policy: p\nentities: []\n") == .initDescription)
        #expect(kind("entities: []\nsuite: s\n") == .suite)
    }

    @Test func `keys that stand deeper, in comments or in values tell nothing`() {
        #expect(kind("x:\n  policy: p\n") == nil)
        #expect(kind("- policy: p\n") == nil)
        #expect(kind("# policy: p\nx: entities\n") == nil)
        #expect(kind("my policy: p\n") == nil)
        #expect(kind("policy-name: p\n") == nil)
    }

    @Test(arguments: ["'", "\""])
    func `a key may stand in quotes`(quote: String) {
        #expect(kind("\(quote)entities\(quote): []\n") == .initDescription)
        #expect(kind("\(quote)suite\(quote): s\npolicy: [p.yaml]\n") == .suite)
    }

    @Test func `line ends, blanks before the colon and a byte order mark do not matter`() {
        for mark in ["", "\u{FEFF}"] {
            for end in ["\n", "\r\n", "\r"] {
                #expect(kind("\(mark)suite: s\(end)policy: [p.yaml]\(end)") == .suite)
                #expect(kind("\(mark)init: i\(end)suite : s\(end)policy: [p]\(end)") == .suite)
            }
        }
    }

    @Test func `JSON and flow style are documents too`() {
        #expect(kind("{\"entities\": []}\n") == .initDescription)
        #expect(kind("{policy: p, rules: []}") == .policy)
        #expect(kind("--- {suite: s, policy: [p]}\n") == .suite)
        #expect(kind("  entities:\n  - name: a\n") == .initDescription)
    }

    @Test func `a broken document and a template have a kind`() {
        #expect(kind("entities:\n- name: [\n") == .initDescription)
        #expect(
            kind("@X@\nentities:\n- name: a\n@INIT_a_ENTITY_CONNECTIONS@\n") == .initDescription
        )
        #expect(kind("/* entities */\nentities:\n- name: a\n") == .initDescription)
        #expect(kind("policy: p\n\tbad\n") == .policy)
    }

    @Test func `connect yaml is told by its name`() {
        let text = "- target: kl.VfsNet\n  id: kl.VfsNet\n"
        #expect(kind(text, named: "lib/connect.yaml") == .connectDescription)
        #expect(kind(text, named: "connect.yaml.in") == .connectDescription)
        #expect(kind(text, named: "lib/reconnect.yaml") == nil)
        #expect(kind("- x\n", named: "connect.yaml") == nil)
    }

    @Test func `a document that was named and is none of ours is a finding`() {
        var documents = Documents()
        documents.files = ["a.yaml": "x: 1\n", "empty.yaml": "", "b.yaml": "{entities: [\n"]
        #expect(documents.ids("a.yaml") == ["a.yaml:1 error unknown-document"])
        #expect(documents.ids("empty.yaml") == ["empty.yaml:1 error unknown-document"])
        #expect(documents.ids("b.yaml").allSatisfy { $0.hasSuffix("error yaml-syntax") })
        #expect(!documents.ids("b.yaml").isEmpty)
    }

    @Test func `a document in a folder that is none of ours is passed over`() {
        var documents = Documents()
        documents.files = ["a.yaml": "x: 1\n"]
        var run = documents.run("init.yaml")
        run.check("a.yaml", isNamed: false)
        #expect(run.documents.map(\.file) == ["init.yaml"])
        #expect(run.outcome.kept.map(\.place.file) == ["init.yaml"])
    }
}
