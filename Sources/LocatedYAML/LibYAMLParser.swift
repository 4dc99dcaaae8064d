import CLibYAML

/// What libyaml tells of one event, as far as this reader cares.
struct ParserEvent {
    enum Kind {
        case streamStart, streamEnd, documentStart, documentEnd
        case alias, scalar, sequenceStart, sequenceEnd, mappingStart, mappingEnd
    }

    enum Style { case plain, quoted, block }

    /// Where it starts, in characters.
    let start: Int
    /// How many bytes the value of a scalar has.
    var length = 0
    let kind: Kind
    var style = Style.plain
    var hasAnchor = false
    var hasTag = false
    var hasDirectives = false
}

/// Why libyaml stopped.
struct ParserFault {
    let problem: String
    /// What libyaml was at, such as "while scanning a directive"; often empty.
    let context: String
    /// In characters; nil where libyaml names no place.
    let problemAt: Int?
    let contextAt: Int?
}

/// libyaml's event parser, and the only place that touches its memory.
///
/// It exists only within ``read(_:from:_:)``, which keeps the bytes in place meanwhile, and frees
/// everything when it goes, whichever way that is.
@safe struct LibYAMLParser: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let event: UnsafeMutablePointer<yaml_event_t>
    private let text: UnsafeBufferPointer<UInt8>
    /// False when there was no memory for it.
    private let isReady: Bool

    /// Runs `body` with a parser of `bytes` from `start` on.
    static func read<Result>(
        _ bytes: [UInt8],
        from start: Int,
        _ body: (inout LibYAMLParser) -> Result
    ) -> Result {
        // libyaml insists on a pointer, which an empty array need not have.
        let bytes = bytes.isEmpty ? [.lineFeed] : bytes
        return unsafe bytes.withUnsafeBufferPointer { buffer in
            var parser = unsafe LibYAMLParser(buffer, from: start)
            return body(&parser)
        }
    }

    private init(_ text: UnsafeBufferPointer<UInt8>, from start: Int) {
        unsafe self.text = text
        unsafe parser = .allocate(capacity: 1)
        unsafe parser.initialize(to: yaml_parser_t())
        unsafe event = .allocate(capacity: 1)
        unsafe event.initialize(to: yaml_event_t())
        guard unsafe yaml_parser_initialize(parser) == 1, let base = text.baseAddress else {
            isReady = false
            return
        }
        isReady = true
        unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        unsafe yaml_parser_set_input_string(parser, base + start, text.count - start)
    }

    deinit {
        unsafe yaml_event_delete(event)
        unsafe yaml_parser_delete(parser)
        unsafe event.deallocate()
        unsafe parser.deallocate()
    }

    /// The next event, or nil at a fault; then only ``fault`` may be asked.
    mutating func next() -> ParserEvent? {
        unsafe yaml_event_delete(event)
        guard unsafe isReady && yaml_parser_parse(parser, event) == 1 else { return nil }
        let start = unsafe event.pointee.start_mark.index
        switch unsafe event.pointee.type {
        case YAML_SCALAR_EVENT: return scalar(start)
        case YAML_ALIAS_EVENT: return ParserEvent(start: start, kind: .alias)
        case YAML_SEQUENCE_START_EVENT:
            let data = unsafe event.pointee.data.sequence_start
            return unsafe ParserEvent(
                start: start,
                kind: .sequenceStart,
                hasAnchor: data.anchor != nil,
                hasTag: data.tag != nil
            )
        case YAML_MAPPING_START_EVENT:
            let data = unsafe event.pointee.data.mapping_start
            return unsafe ParserEvent(
                start: start,
                kind: .mappingStart,
                hasAnchor: data.anchor != nil,
                hasTag: data.tag != nil
            )
        case YAML_SEQUENCE_END_EVENT: return ParserEvent(start: start, kind: .sequenceEnd)
        case YAML_MAPPING_END_EVENT: return ParserEvent(start: start, kind: .mappingEnd)
        case YAML_DOCUMENT_START_EVENT:
            let data = unsafe event.pointee.data.document_start
            let tags = unsafe data.tag_directives.start != data.tag_directives.end
            return unsafe ParserEvent(
                start: start,
                kind: .documentStart,
                hasDirectives: tags || data.version_directive != nil
            )
        case YAML_DOCUMENT_END_EVENT: return ParserEvent(start: start, kind: .documentEnd)
        case YAML_STREAM_START_EVENT: return ParserEvent(start: start, kind: .streamStart)
        default: return ParserEvent(start: start, kind: .streamEnd)
        }
    }

    private func scalar(_ start: Int) -> ParserEvent {
        let data = unsafe event.pointee.data.scalar
        let style: ParserEvent.Style =
            switch unsafe data.style {
            case YAML_PLAIN_SCALAR_STYLE: .plain
            case YAML_SINGLE_QUOTED_SCALAR_STYLE, YAML_DOUBLE_QUOTED_SCALAR_STYLE: .quoted
            default: .block
            }
        return unsafe ParserEvent(
            start: start,
            length: data.length,
            kind: .scalar,
            style: style,
            hasAnchor: data.anchor != nil,
            hasTag: data.tag != nil
        )
    }

    /// Whether the value of the current scalar stands in the text, byte for byte, at `offset`.
    func valueStands(at offset: Int) -> Bool {
        let scalar = unsafe event.pointee.data.scalar
        guard let base = unsafe text.baseAddress else { return false }
        guard unsafe offset + scalar.length <= text.count else { return false }
        return unsafe memcmp(base + offset, scalar.value, scalar.length) == 0
    }

    /// Appends the value of the current scalar to `arena`.
    func appendValue(to arena: inout [UInt8]) {
        let scalar = unsafe event.pointee.data.scalar
        unsafe arena.append(
            contentsOf: UnsafeBufferPointer(start: scalar.value, count: scalar.length)
        )
    }

    /// Why ``next()`` gave nothing.
    var fault: ParserFault {
        let state = unsafe parser.pointee
        let problem = unsafe state.problem.map { unsafe String(cString: $0) }
        let context = unsafe state.context.map { unsafe String(cString: $0) }
        let hasPlace = unsafe state.error == YAML_SCANNER_ERROR || state.error == YAML_PARSER_ERROR
        let hasContext = unsafe hasPlace && state.context != nil
        return unsafe ParserFault(
            problem: problem ?? "out of memory",
            context: context ?? "",
            problemAt: hasPlace ? state.problem_mark.index : nil,
            contextAt: hasContext ? state.context_mark.index : nil
        )
    }
}
