/// Makes the flat tree of a document from libyaml's events, strictly.
///
/// What is allowed in YAML and not here (anchors, aliases, tags, directives, a second document, keys
/// that are no names) is reported with its place, and reading goes on; at a limit or a fault of the
/// YAML it ends, and what was found until then is kept.
///
/// libyaml needs some 150 ns an event, so that the calls of this type can be felt: what every event
/// goes through is inlined.
struct TreeBuilder {
    private struct OpenCollection {
        let node: Int
        let isMapping: Bool
        var expectsKey: Bool
    }

    private(set) var nodes: NodeTable
    private(set) var faults: FaultCollector

    private let source: SourceText
    private let limits: YAMLLimits
    private let base: Int
    private var cursor: CharacterCursor
    /// The collection that events belong to, and those around it.
    private var innermost: OpenCollection?
    private var around: [OpenCollection] = []
    private var documents = 0

    /// Makes an empty tree; `base` is the byte offset where libyaml begins to read.
    init(
        _ source: SourceText,
        limits: YAMLLimits,
        base: Int,
        isASCII: Bool,
        faults: consuming FaultCollector
    ) {
        self.source = source
        self.limits = limits
        self.base = base
        self.faults = faults
        nodes = NodeTable(textSize: source.bytes.count)
        cursor = CharacterCursor(base: base, isASCII: isASCII)
    }

    /// Reads until the end, a fault or a limit.
    mutating func read(_ parser: inout LibYAMLParser) {
        var goesOn = true
        while goesOn {
            if let event = parser.next() {
                goesOn = take(event, parser) && !faults.isUnbearable
            } else {
                let cursor = CharacterCursor(base: base, isASCII: cursor.isASCII)
                SyntaxFault(parser.fault, source, cursor).report(&faults)
                goesOn = false
            }
        }
        while innermost != nil { closeCollection() }
        RepeatedKeys(source).report(&nodes, &faults)
        reportUnbearable()
    }

    /// - Returns: whether to go on.
    @inline(__always)
    private mutating func take(_ event: ParserEvent, _ parser: borrowing LibYAMLParser) -> Bool {
        switch event.kind {
        case .scalar, .alias, .sequenceStart, .mappingStart:
            return takeNode(event, parser)
        case .sequenceEnd, .mappingEnd:
            closeCollection()
        case .documentStart:
            startDocument(event)
        case .streamStart, .documentEnd: break
        case .streamEnd: return false
        }
        return true
    }

    private mutating func closeCollection() {
        if let innermost { nodes.close(innermost.node) }
        innermost = around.popLast()
    }

    private mutating func startDocument(_ event: ParserEvent) {
        documents += 1
        guard documents > 1 || event.hasDirectives else { return }
        let start = cursor.offset(of: event.start, in: source.bytes)
        if documents > 1 {
            faults.add(
                "second-document",
                at: start,
                "a second document starts here, and a file holds one",
                hint: "a line `---` separates documents"
            )
        }
        if event.hasDirectives {
            faults.add("yaml-directive", at: start, "directives are not allowed here")
        }
    }

    @inline(__always)
    private mutating func takeNode(
        _ event: ParserEvent,
        _ parser: borrowing LibYAMLParser
    ) -> Bool {
        let start = cursor.offset(of: event.start, in: source.bytes)
        guard nodes.count < limits.nodes else {
            faults.add(
                "too-many-nodes",
                at: start,
                "the document has more than \(limits.nodes) nodes"
            )
            return false
        }
        let isCollection = event.kind == .sequenceStart || event.kind == .mappingStart
        guard !isCollection || depth < limits.depth else {
            faults.add(
                "too-deep",
                at: start,
                "the document is nested more than \(limits.depth) deep"
            )
            return false
        }
        if event.hasAnchor || event.hasTag || event.kind == .alias { refuse(event, at: start) }
        let traits: NodeRecord.Traits = turnsKey(event, at: start) ? .leftOut : []
        switch event.kind {
        case .sequenceStart: openCollection(.sequence, at: start, traits)
        case .mappingStart: openCollection(.mapping, at: start, traits)
        default: appendScalar(event, at: start, traits, parser)
        }
        return true
    }

    private mutating func openCollection(
        _ kind: YAMLNode.Kind,
        at start: Int,
        _ traits: NodeRecord.Traits
    ) {
        if let innermost { around.append(innermost) }
        let isMapping = kind == .mapping
        innermost = OpenCollection(node: nodes.count, isMapping: isMapping, expectsKey: isMapping)
        nodes.append(
            NodeRecord(start: UInt32(start), extent: 0, kind: kind, traits: traits)
        )
    }

    @inline(__always)
    private mutating func appendScalar(
        _ event: ParserEvent,
        at start: Int,
        _ given: NodeRecord.Traits,
        _ parser: borrowing LibYAMLParser
    ) {
        var traits = given
        if event.kind == .alias {
            traits.insert(.alias)
        } else if event.style == .plain {
            traits.insert(.plain)
        } else if event.style == .quoted {
            traits.insert(.quoted)
        }
        let valueStart = start + (event.style == .quoted ? 1 : 0)
        guard event.kind == .scalar, event.length > 0, !parser.valueStands(at: valueStart) else {
            let extent = UInt32(event.length)
            nodes.append(
                NodeRecord(start: UInt32(start), extent: extent, kind: .scalar, traits: traits)
            )
            return
        }
        nodes.appendResolved(at: start, traits) { parser.appendValue(to: &$0) }
    }

    /// Notes in the open mapping that a key or a value came.
    ///
    /// - Returns: whether it is a key that cannot be one.
    @inline(__always)
    private mutating func turnsKey(_ event: ParserEvent, at start: Int) -> Bool {
        guard let isKey = innermost?.expectsKey, innermost?.isMapping == true else { return false }
        innermost?.expectsKey = !isKey
        guard isKey else { return false }
        switch event.kind {
        case .alias: return true
        case .scalar:
            guard event.style == .plain, event.length == 0 else { return false }
            faults.add("empty-key", at: start, "a key has no name")
        default:
            let kind: YAMLNode.Kind = event.kind == .mappingStart ? .mapping : .sequence
            faults.add(
                "complex-key",
                at: start,
                "a key must be a single value, not \(kind.description)",
                hint: "a value that starts with `{` or `[`: write it with quotes"
            )
        }
        return true
    }

    private mutating func refuse(_ event: ParserEvent, at start: Int) {
        let word = Excerpt.word(at: start, in: source.bytes)
        if event.kind == .alias {
            faults.add(
                "yaml-alias",
                at: start,
                "the alias \(word) is not allowed",
                hint: "if it is a name that starts with `*`, write it with quotes"
            )
        }
        if event.hasAnchor {
            faults.add(
                "yaml-anchor",
                at: start,
                "an anchor is not allowed: \(word)",
                hint: "if it is a name that starts with `&`, write it with quotes"
            )
        }
        if event.hasTag {
            faults.add(
                "yaml-tag",
                at: start,
                "a tag is not allowed: \(word)",
                hint:
                    "every value is text; if it is a name that starts with `!`, write it with quotes"
            )
        }
    }

    /// Says that so much is wrong that reading on would help nobody.
    private mutating func reportUnbearable() {
        guard faults.isUnbearable else { return }
        let count = faults.count
        faults.add(
            "too-many-faults",
            at: nodes.records.last.map { Int($0.start) } ?? base,
            "reading ends here, after \(count) faults"
        )
    }

    private var depth: Int { innermost == nil ? 0 : around.count + 1 }
}
