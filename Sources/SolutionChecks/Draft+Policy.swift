import SecurityEvents

extension Draft {
    /// The policy as a document.
    package var policy: String {
        var lines = [
            "# A first policy, drafted from \(YAMLText.scalar(frame.file))",
            "# Exactly the declared processes and channels are allowed, and nothing at run time: see",
            "# the proposals at the end.",
        ]
        lines += leftOut.map { "# No rule can name \($0.singleLine)." }
        lines.append("policy: \(YAMLText.scalar(name))")
        lines += rules.isEmpty ? [] : ["rules:"] + rules
        lines += proposals
        return lines.map { "\($0)\n" }.joined()
    }

    private var rules: [String] {
        var lines: [String] = []
        if !processes.isEmpty {
            lines += [
                "  - id: einit-starts-the-processes",
                "    allow: init.execute",
                "    process: Einit",
                "    target:",
            ]
            lines += processes.map { "      - \(YAMLText.scalar($0.name.description))" }
        }
        var ids = Identifiers()
        for link in links {
            lines += [
                "  - id: " + ids.make("channel-\(link.client)-to-\(link.server)"),
                "    allow: init.connect",
                "    process: Einit",
                "    client: \(YAMLText.scalar(link.client.description))",
                "    server: \(YAMLText.scalar(link.server.description))",
                "    connection: \(YAMLText.list(link.connections))",
            ]
        }
        return lines
    }
}

extension String {
    /// Fit for a comment: a name may hold characters that YAML takes for the end of the line.
    fileprivate var singleLine: String {
        var text = ""
        for scalar in unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: text += "?"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}

/// Makes identifiers of rules out of names, each once.
struct Identifiers {
    private var used: Set<String> = []

    mutating func make(_ text: String) -> String {
        var id = ""
        for byte in text.utf8 {
            let character = Character(Unicode.Scalar(byte))
            let isPlain =
                byte < 0x80
                && (character.isLetter || character.isNumber || "._-".contains(character))
            id.append(isPlain ? character : "-")
        }
        let stem = String(id.prefix(90))
        var candidate = stem
        var number = 2
        while !used.insert(candidate).inserted {
            candidate = "\(stem)-\(number)"
            number += 1
        }
        return candidate
    }
}
