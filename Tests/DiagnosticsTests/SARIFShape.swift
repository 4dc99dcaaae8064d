import JSONText

/// What SARIF 2.1.0 demands of the objects that our logs are made of.
///
/// Not a validator of any schema: it knows the few objects that we write, which keys they may have
/// and which they must, and the rules between them that no schema says.
enum SARIFShape {
    /// The faults of `log`, a line each.
    static func faults(in log: JSONValue) -> [String] {
        var shape = Walk()
        shape.check(log, "log", of: Self.log)
        for run in log["runs"]?.elements ?? [] { shape.checkRules(run) }
        return shape.faults
    }

    /// What a value may be.
    indirect enum Form: Sendable {
        case object([String: Form], required: [String])
        case array(Form)
        case text
        case word([String])
        /// Relative, or a `file:` one, without characters that a URI cannot have.
        case uri
        case number(atLeast: Int64)
    }

    private static let message = Form.object(["text": .text], required: ["text"])

    private static let rule = Form.object(
        ["id": .text, "shortDescription": message, "help": message],
        required: ["id"]
    )

    private static let driver = Form.object(
        ["name": .text, "version": .text, "rules": .array(rule)],
        required: ["name"]
    )

    private static let physicalLocation = Form.object(
        [
            "artifactLocation": .object(["uri": .uri, "description": message], required: ["uri"]),
            "region": .object(
                ["startLine": .number(atLeast: 1), "startColumn": .number(atLeast: 1)],
                required: ["startLine"]
            ),
        ],
        required: ["artifactLocation"]
    )

    private static let result = Form.object(
        [
            "ruleId": .text, "ruleIndex": .number(atLeast: 0), "message": message,
            "level": .word(["none", "note", "warning", "error"]),
            "locations": .array(.object(["physicalLocation": physicalLocation], required: [])),
            "suppressions": .array(
                .object(
                    ["kind": .word(["inSource", "external"]), "justification": .text],
                    required: ["kind"]
                )
            ),
        ],
        required: ["message"]
    )

    private static let log = Form.object(
        [
            "$schema": .text, "version": .word(["2.1.0"]),
            "runs": .array(
                .object(
                    [
                        "tool": .object(["driver": driver], required: ["driver"]),
                        "columnKind": .word(["utf16CodeUnits", "unicodeCodePoints"]),
                        "results": .array(result),
                    ],
                    required: ["tool"]
                )
            ),
        ],
        required: ["version", "runs"]
    )
}

private struct Walk {
    var faults: [String] = []

    mutating func check(_ value: JSONValue, _ path: String, of form: SARIFShape.Form) {
        switch form {
        case .object(let members, let required):
            guard let given = value.members else { return demand("an object", path) }
            for member in given {
                let name = String(decoding: member.name, as: UTF8.self)
                if let form = members[name] {
                    check(member.value, "\(path).\(name)", of: form)
                } else {
                    faults.append("\(path) has no key \(name)")
                }
            }
            for name in required where value[name] == nil {
                faults.append("\(path) needs the key \(name)")
            }
        case .array(let form):
            guard let elements = value.elements else { return demand("an array", path) }
            for (index, element) in elements.enumerated() {
                check(element, "\(path)[\(index)]", of: form)
            }
        case .text: if value.text?.isEmpty ?? true { demand("text", path) }
        case .word(let words): if !words.contains(value.text ?? "") { demand("\(words)", path) }
        case .uri: if !isURI(value.text ?? "") { demand("a URI", path) }
        case .number(let least): if value.integer ?? -1 < least { demand("a number", path) }
        }
    }

    private mutating func demand(_ what: String, _ path: String) {
        faults.append("\(path) must be \(what)")
    }

    private func isURI(_ text: String) -> Bool {
        let rest = text.hasPrefix("file:///") ? text.dropFirst("file://".count) : text[...]
        let pieces = rest.split(separator: "%", omittingEmptySubsequences: false)
        let escapes = pieces.dropFirst().allSatisfy { $0.prefix(2).allSatisfy(\.isHexDigit) }
        let plain = pieces.joined().utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "-._~/".utf8.contains(byte)
            }
        }
        return !rest.isEmpty && escapes && plain
    }

    /// Indexes point at the rules that they name, and suppressions are told of all results or none.
    mutating func checkRules(_ run: JSONValue) {
        let rules = run["tool"]?["driver"]?["rules"]?.elements ?? []
        let results = run["results"]?.elements ?? []
        for result in results {
            let index = Int(result["ruleIndex"]?.integer ?? -1)
            if !rules.indices.contains(index) || rules[index]["id"] != result["ruleId"] {
                faults.append("the rule \(index) is not \(result["ruleId"]?.text ?? "")")
            }
        }
        let telling = results.count { $0["suppressions"] != nil }
        if telling != 0, telling != results.count {
            faults.append("some results tell of suppressions, and some do not")
        }
    }
}
