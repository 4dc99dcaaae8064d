import SecurityEvents

/// The tokens that each field of an event holds.
struct HeldTokens {
    struct Field {
        /// Tokens of the name, or of the value, sorted.
        var names: [Token] = []
        /// Tokens of the class of a process, sorted.
        var classNames: [Token] = []
        /// The caller itself, or the path.
        var fixed = FixedToken.any

        /// Whether the field meets a condition that has `token`.
        func holds(_ token: Token) -> Bool {
            if token == FixedToken.any { return true }
            if token < FixedToken.firstSet { return fixed == token }
            return contains(names, token) || contains(classNames, token)
        }

        private func contains(_ sorted: [Token], _ token: Token) -> Bool {
            var low = 0
            var high = sorted.count
            while low < high {
                let middle = (low + high) / 2
                if sorted[middle] < token { low = middle + 1 } else { high = middle }
            }
            return low < sorted.count && sorted[low] == token
        }
    }

    private var fields: [Field] = Array(repeating: Field(), count: EventField.allCases.count)

    subscript(field: EventField) -> Field {
        get { fields[field.number] }
        set { fields[field.number] = newValue }
        _modify { yield &fields[field.number] }
    }

    /// Whether `field` of the event meets a condition that has `token`.
    func holds(_ field: EventField, _ token: Token) -> Bool {
        fields[field.number].holds(token)
    }
}

extension EventField {
    fileprivate var number: Int {
        switch self {
        case .process: 0
        case .client: 1
        case .server: 2
        case .target: 3
        case .connection: 4
        case .path: 5
        case .interface: 6
        case .endpoint: 7
        }
    }
}
