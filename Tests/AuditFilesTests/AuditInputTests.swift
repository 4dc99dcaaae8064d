import AuditFiles
import AuditLog
import CLibZstd
import CZlib
import Testing

@Suite struct AuditInputTests {
    private let folder = Folder()

    /// More than one buffer of it, and little that repeats.
    private let text: [UInt8] = (0..<60_000).flatMap { Array("line \($0 &* 2_654_435_761)\n".utf8) }

    @Test func `a log reads the same plain and compressed, in one piece and in several`() throws {
        let half = text.count / 2
        let forms: [(String, [UInt8])] = [
            ("plain", text), ("gzip", gzip(text[...])), ("zstd", zstd(text[...])),
            ("two gzip", gzip(text[..<half]) + gzip(text[half...])),
            ("two zstd", zstd(text[..<half]) + zstd(text[half...])),
        ]
        for (name, bytes) in forms {
            folder.write(bytes[...], name)
            #expect(try read(name) == text, "\(name)")
        }
    }

    @Test func `an empty file has no bytes, compressed too`() throws {
        for bytes in [[], gzip([]), zstd([])] {
            folder.write(bytes[...], "empty")
            #expect(try read("empty") == [])
        }
        for short in [[0x1F], [0x1F, 0x8C], [0x28, 0xB5, 0x2F]] as [[UInt8]] {
            folder.write(short[...], "short")
            #expect(try read("short") == short)
        }
    }

    @Test func `compressed data that end in the middle or are damaged are a fault`() throws {
        for whole in [gzip(text[...]), zstd(text[...])] {
            for count in [5, 20, whole.count / 2, whole.count - 1] {
                folder.write(whole[..<count], "cut")
                let fault = #expect(throws: AuditFileFault.self) { _ = try read("cut") }
                #expect(fault?.message == "the compressed data end in the middle", "\(count)")
            }
            var damaged = whole
            for index in 20..<40 { damaged[index] ^= 0x55 }
            folder.write(damaged[...], "damaged")
            let fault = #expect(throws: AuditFileFault.self) { _ = try read("damaged") }
            #expect(fault?.isUnreadable == true)
            folder.write((whole + Array("more".utf8))[...], "more")
            #expect(throws: AuditFileFault.self) { _ = try read("more") }
        }
    }

    @Test func `what cannot be read says why`() {
        let missing = #expect(throws: AuditFileFault.self) { _ = try read("missing") }
        #expect(missing?.message == "no such file or directory")
        #expect(missing?.isUnreadable == true)
        let isFolder = #expect(throws: AuditFileFault.self) { _ = try read(".") }
        #expect(isFolder?.message == "it is a folder")
    }

    @Test func `the parts of a log are found by number and come oldest first`() {
        for name in [
            "log", "log.1", "log.2.gz", "log.10.zst", "log.9", "log.x", "log.01", "logs.3",
        ] {
            folder.write([], name)
        }
        folder.write([], "log.torn-1")
        let parts = LogParts(of: folder.path("log"))
        #expect(
            parts.files == ["log.1", "log.2.gz", "log.9", "log.10.zst", "log"].map(folder.path)
        )
        #expect(parts.highest == 10)
        for (path, base) in [
            ("a/log.1", "a/log"), ("a/log.12.gz", "a/log"), ("a/log", "a/log"),
            ("a.1/log", "a.1/log"), ("log.3.zst", "log"), ("log.gz", "log.gz"), (".1", ".1"),
            ("log.jsonl", "log.jsonl"),
        ] {
            #expect(LogParts.base(of: path) == base)
        }
        #expect(LogParts.isTorn("a/log.torn-12"))
        #expect(!LogParts.isTorn("a/log.torn-"))
        #expect(!LogParts.isTorn("a/log.1"))
    }

    private func read(_ name: String) throws -> [UInt8] {
        var input = try AuditInput(folder.path(name))
        var bytes: [UInt8] = []
        while let piece = try input.next() { bytes += piece }
        return bytes
    }

    private func gzip(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var stream = unsafe z_stream()
        let size = unsafe Int32(MemoryLayout<z_stream>.size)
        var source = Array(bytes)
        var target = [UInt8](repeating: 0, count: source.count + 1000)
        unsafe deflateInit2_(&stream, 6, Z_DEFLATED, 15 + 16, 8, 0, ZLIB_VERSION, size)
        let count = unsafe source.withUnsafeMutableBufferPointer { from in
            unsafe target.withUnsafeMutableBufferPointer { to in
                unsafe (stream.next_in, stream.avail_in) = (from.baseAddress, UInt32(from.count))
                unsafe (stream.next_out, stream.avail_out) = (to.baseAddress, UInt32(to.count))
                unsafe deflate(&stream, Z_FINISH)
                return unsafe to.count - Int(stream.avail_out)
            }
        }
        unsafe deflateEnd(&stream)
        return Array(target[..<count])
    }

    private func zstd(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        let source = Array(bytes)
        var target = [UInt8](repeating: 0, count: ZSTD_compressBound(source.count))
        let count = unsafe ZSTD_compress(&target, target.count, source, source.count, 3)
        return Array(target[..<count])
    }
}
