import LocatedYAML
import Testing

@Suite struct DocumentSourceTests {
    @Test(arguments: [
        ("b.yaml", "a.yaml", "b.yaml"),
        ("b.yaml", "p/a.yaml", "p/b.yaml"),
        ("../b.yaml", "p/q/a.yaml", "p/b.yaml"),
        ("../../b.yaml", "p/a.yaml", "../b.yaml"),
        ("../b.yaml", "../a.yaml", "../../b.yaml"),
        ("./x/.././b.yaml", "./p//a.yaml", "p/b.yaml"),
        ("/e/b.yaml", "p/a.yaml", "/e/b.yaml"),
        ("/e/../b.yaml", "p/a.yaml", "/b.yaml"),
        ("b.yaml", "/p/a.yaml", "/p/b.yaml"),
        ("../../../b.yaml", "/p/a.yaml", "/b.yaml"),
        ("b.yaml", "<stdin>", "b.yaml"),
        ("..", "p/a.yaml", "."),
        ("", "p/a.yaml", "p"),
    ])
    func `a path is relative to the document that names it`(
        path: String,
        file: String,
        expected: String
    ) {
        #expect(DocumentSource.resolve(path, relativeTo: file) == expected)
    }

    @Test func `documents in memory are read like files`() {
        let source = DocumentSource.inMemory(["a.yaml": "ä"])
        #expect(source.read("a.yaml", 2) == .success([0xC3, 0xA4]))
        #expect(source.read("a.yaml", 1) == .failure(ReadFault("larger than 1 bytes")))
        #expect(source.read("b.yaml", 2) == .failure(ReadFault("no such file")))
    }
}
