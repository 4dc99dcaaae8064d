import Diagnostics
import LocatedYAML
import SecurityEvents
import SecurityPolicy

/// A generator of pseudo-random numbers whose seed reproduces a run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Whether something happens that happens `percent` times in a hundred.
    mutating func chance(_ percent: Int) -> Bool { Int(next() % 100) < percent }

    mutating func number(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next() % UInt64(range.count))
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[number(0...elements.count - 1)]
    }
}

/// A hash for tests: no cryptography, but other bytes give another digest.
let testHash: HashFunction = { bytes in
    let seeds: [UInt64] = [1, 2, 3, 4]
    let words = seeds.map { seed in
        bytes.reduce(seed &* 0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
    return Digest(
        words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
    )
}

/// What loading a policy gives, and every diagnostic.
struct Loaded {
    var policy: Policy?
    var diagnostics: [Diagnostic] = []

    /// Loads `paths` of `documents`.
    init(_ documents: [String: String], _ paths: [String]) {
        self.init(.inMemory(documents), paths)
    }

    /// Loads `paths` of `source`.
    init(_ source: DocumentSource, _ paths: [String]) {
        policy = loadPolicy(paths, from: source, diagnostics: &diagnostics)
    }

    /// Loads one document.
    init(_ text: String) {
        self.init(["policy.yaml": text], ["policy.yaml"])
    }

    /// The ids of the diagnostics, with their severity where it is not an error.
    var ids: [String] {
        diagnostics.map { $0.severity == .error ? $0.id : "\($0.severity): \($0.id)" }
    }

    /// `line:column id` of each diagnostic.
    var places: [String] {
        diagnostics.map { "\($0.place.line):\($0.place.column) \($0.id)" }
    }

    /// The diagnostics as people read them.
    var text: String { diagnostics.map { $0.text + "\n" }.joined() }
}

extension ProcessIdentity {
    /// A process of a test; its class is its name unless said otherwise.
    init(_ name: String, class className: String? = nil) throws {
        self.init(
            name: try ProcessName(name),
            className: try ClassName(className ?? name)
        )
    }
}
