import SecurityEvents

// What stands in a record just as in records before is recognised as a whole.

/// A process name, and the class that it had the last time.
struct KnownProcess: Sendable {
    var name: ProcessName
    var identity: ProcessIdentity?
    /// The class as it stands in the line, with its quotes.
    var classText: [UInt8] = []
}

/// Mode, policy, digest and generation: they change only with a reload.
struct KnownPolicy: Sendable {
    /// From the mode's opening quote to the last digit of the generation; empty before the first.
    var text: [UInt8] = []
    var mode = Mode.enforce
    var label = PolicyLabel(name: "", digest: .zero)
    var generation: UInt64 = 0
}

extension AuditRecordReader {
    /// Reads the name of a process; its class comes next.
    mutating func readProcess(_ line: Span<UInt8>) throws(RecordFault) {
        let range = try text(line)
        let place = processes.place(line, range) { raw in
            name(raw).map { KnownProcess(name: $0) }
        }
        knownProcess = (try value(place, range), range)
    }

    /// Reads the class of the process whose name was just read; nil if none was.
    mutating func identity(_ line: Span<UInt8>) throws(RecordFault) -> ProcessIdentity? {
        guard let (place, nameRange) = knownProcess else {
            _ = try text(line)
            return nil
        }
        knownProcess = nil
        if let known = processes[place], let identity = known.identity,
            line.holds(known.classText, at: position, known.classText.count)
        {
            position += known.classText.count
            return identity
        }
        let start = position
        let range = try text(line)
        let className = try value(classes.value(line, range) { name($0) }, range)
        guard var known = processes[place] else {
            throw fault("no process", at: nameRange.lowerBound)
        }
        let identity = ProcessIdentity(name: known.name, className: className)
        known.identity = identity
        known.classText = (start..<position).map { line[$0] }
        processes[place] = known
        return identity
    }

    /// Reads the mode, and all that is in force if that is as it was in the last record.
    mutating func readInForce(
        _ line: Span<UInt8>,
        _ record: inout AuditRecord,
        _ fields: inout RecordFields
    ) throws(RecordFault) {
        let start = position
        let end = start + inForce.text.count
        if end > start, end < line.count, line[end] == UInt8(ascii: ","),
            line.holds(inForce.text, at: start, inForce.text.count)
        {
            position = end
            present.formUnion(KeySet(.policy, .digest, .generation))
            (record.mode, record.policy) = (inForce.mode, inForce.label)
            record.generation = inForce.generation
            return
        }
        record.mode = try word(line)
        modeStart = start
    }

    /// Keeps what is in force, if it was read in one piece.
    mutating func keepInForce(
        _ line: Span<UInt8>,
        _ record: AuditRecord,
        _ fields: RecordFields
    ) {
        guard let start = modeStart, let mode = record.mode, let policy = fields.policy,
            let digest = fields.digest, let generation = record.generation
        else { return }
        inForce.text = (start..<position).map { line[$0] }
        inForce.mode = mode
        inForce.label = PolicyLabel(name: policy, digest: digest)
        inForce.generation = generation
    }
}
