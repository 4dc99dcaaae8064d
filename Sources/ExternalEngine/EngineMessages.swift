import JSONText
import SecurityEvents

/// What the engine and its program say to one another: one line of JSON each way.
enum EngineMessages {
    /// The longest answer in bytes, without its end of line.
    static let longestAnswer = 64 << 10

    /// The question about an event, with its end of line; the keys are those of the audit record.
    static func question(id: UInt64, about event: SecurityEvent) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("id")
        json.value(id)
        json.members(of: event)
        json.endObject()
        json.newline()
        return json.bytes
    }

    /// Reads one line, without its end.
    ///
    /// - Throws: what keeps it from being an answer.
    static func answer(from line: [UInt8]) throws(EngineFault) -> EngineAnswer {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: line)
        } catch {
            throw EngineFault("the answer is no JSON: \(error)")
        }
        guard let members = value.members else { throw EngineFault("the answer is no object") }
        for member in members where !known.contains(member.name) {
            let name = String(decoding: member.name, as: UTF8.self)
            throw EngineFault("the answer has an unknown member `\(name)`")
        }
        guard let id = value["id"]?.unsignedInteger else {
            throw EngineFault("the answer has no number `id`")
        }
        return EngineAnswer(id: id, verdict: value["verdict"], reason: value["reason"])
    }

    private static let known = ["id", "verdict", "reason"].map { Array($0.utf8) }
}

/// Why a program's behaviour is no decision.
struct EngineFault: Error, Equatable {
    let message: String

    init(_ message: String) { self.message = message }
}

/// An answer of which only the `id` was looked at: the rest matters only if it is awaited.
struct EngineAnswer {
    let id: UInt64
    private let verdict: JSONValue?
    private let reason: JSONValue?

    init(id: UInt64, verdict: JSONValue?, reason: JSONValue?) {
        self.id = id
        self.verdict = verdict
        self.reason = reason
    }

    /// What the answer decides.
    ///
    /// - Throws: what keeps it from deciding.
    func decision(engine: String) throws(EngineFault) -> Decision {
        guard let verdict else { throw EngineFault("the answer has no `verdict`") }
        guard let word = verdict.text else {
            throw EngineFault("the answer's `verdict` is no string")
        }
        guard let verdict = Verdict(rawValue: word) else {
            throw EngineFault("the answer has an unknown verdict `\(word)`")
        }
        if let reason, reason.text == nil {
            throw EngineFault("the answer's `reason` is no string")
        }
        return Decision(verdict, .engine(reason: reason?.text), engine: engine)
    }
}
