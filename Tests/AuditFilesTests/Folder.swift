import Foundation

/// A folder for one test; it goes with it.
final class Folder: Sendable {
    private let url = FileManager.default.temporaryDirectory
        .appending(path: "kosbroker-\(UUID().uuidString)")

    init() { make() }

    deinit { try? FileManager.default.removeItem(at: url) }

    private func make() {
        try? FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    func clear() {
        try? FileManager.default.removeItem(at: url)
        make()
    }

    func path(_ name: String) -> String { url.appending(path: name).path }

    func read(_ name: String) -> [UInt8] { readAll(path(name)) }

    func readAll(_ path: String) -> [UInt8] {
        (try? Data(contentsOf: URL(filePath: path))).map { Array($0) } ?? []
    }

    func size(_ path: String) -> Int { readAll(path).count }

    func write(_ bytes: ArraySlice<UInt8>, _ name: String) {
        try? Data(bytes).write(to: url.appending(path: name))
    }

    func append(_ text: String, _ name: String) {
        write((read(name) + Array(text.utf8))[...], name)
    }
}
