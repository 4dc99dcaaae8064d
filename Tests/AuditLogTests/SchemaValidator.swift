import JSONText

/// A validator for just those keywords of JSON Schema 2020-12 that our schema uses.
///
/// A keyword that it does not know is a fault: a schema must not say what nobody checks.
struct SchemaValidator {
    private let root: JSONValue
    /// Regular expressions by their text: making them takes longer than matching.
    private let patterns: [String: Regex<AnyRegexOutput>]

    init(schema: JSONValue) throws {
        root = schema
        patterns = try Dictionary(
            Self.patterns(in: schema).map { ($0, try Regex($0).matchingSemantics(.unicodeScalar)) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    private static func patterns(in schema: JSONValue) -> [String] {
        (schema.elements ?? []).flatMap(patterns)
            + (schema.members ?? []).flatMap { member in
                text(member.name) == "pattern"
                    ? [member.value.text].compactMap(\.self) : patterns(in: member.value)
            }
    }

    /// Why `value` is not as the schema wants it, at the first place where it is not; empty if it is.
    func faults(in value: JSONValue) throws(SchemaFault) -> [String] {
        try faults(in: value, against: root, at: "")
    }

    private func faults(
        in value: JSONValue,
        against schema: JSONValue,
        at place: String
    ) throws(SchemaFault) -> [String] {
        if let allowed = schema.bool { return allowed ? [] : ["\(place): must not be there"] }
        guard let keywords = schema.members else {
            throw SchemaFault("a schema is an object, true or false")
        }
        for keyword in keywords {
            let found = try check(keyword, of: schema, value, place)
            if !found.isEmpty { return found }
        }
        return []
    }

    private func check(
        _ keyword: JSONMember,
        of schema: JSONValue,
        _ value: JSONValue,
        _ place: String
    ) throws(SchemaFault) -> [String] {
        switch text(keyword.name) {
        case "$schema", "$id", "$defs", "title", "description": return []
        case "type": return try checkType(keyword.value, value, place)
        case "const": return value == keyword.value ? [] : ["\(place): is not the constant"]
        case "enum":
            let isListed = try list(keyword.value).contains(value)
            return isListed ? [] : ["\(place): is none of the values"]
        case "pattern": return try checkPattern(keyword.value, value, place)
        case "minimum": return try checkLimit(keyword.value, value, place, >=)
        case "maximum": return try checkLimit(keyword.value, value, place, <=)
        case "required": return try checkRequired(keyword.value, value, place)
        case "properties": return try checkProperties(keyword.value, value, place)
        case "additionalProperties": return try checkAdditional(keyword.value, schema, value, place)
        case "$ref": return try faults(in: value, against: definition(keyword.value), at: place)
        case "allOf": return try checkAll(keyword.value, value, place)
        case "oneOf": return try checkOne(keyword.value, value, place)
        case "if":
            let holds = try faults(in: value, against: keyword.value, at: place).isEmpty
            guard let consequence = schema[holds ? "then" : "else"] else { return [] }
            return try faults(in: value, against: consequence, at: place)
        case "then", "else":
            guard schema["if"] != nil else { throw SchemaFault("a consequence without `if`") }
            return []
        case let name: throw SchemaFault("unknown keyword `\(name)`")
        }
    }

    private func checkType(
        _ type: JSONValue,
        _ value: JSONValue,
        _ place: String
    ) throws(SchemaFault) -> [String] {
        let fits =
            switch type.text {
            case "object": value.members != nil
            case "string": value.text != nil
            case "boolean": value.bool != nil
            case "integer": value.unsignedInteger != nil || value.integer != nil
            default: throw SchemaFault("unknown type")
            }
        return fits ? [] : ["\(place): has the wrong type"]
    }

    private func checkPattern(
        _ pattern: JSONValue,
        _ value: JSONValue,
        _ place: String
    ) throws(SchemaFault) -> [String] {
        guard let regex = pattern.text.flatMap({ patterns[$0] }) else {
            throw SchemaFault("no regular expression")
        }
        guard let text = value.text else { return [] }
        return text.firstMatch(of: regex) != nil ? [] : ["\(place): does not match"]
    }

    private func checkLimit(
        _ limit: JSONValue,
        _ value: JSONValue,
        _ place: String,
        _ holds: (Double, Double) -> Bool
    ) throws(SchemaFault) -> [String] {
        guard case .number(let limit) = limit, let limit = Double(limit) else {
            throw SchemaFault("a limit is a number")
        }
        guard case .number(let number) = value, let number = Double(number) else { return [] }
        return holds(number, limit) ? [] : ["\(place): is beyond the limit"]
    }

    private func checkRequired(
        _ names: JSONValue,
        _ value: JSONValue,
        _ place: String
    ) throws(SchemaFault) -> [String] {
        guard value.members != nil else { return [] }
        return try list(names).compactMap(\.text).filter { value[$0] == nil }
            .map { "\(place)/\($0): is missing" }
    }

    private func checkProperties(
        _ properties: JSONValue,
        _ value: JSONValue,
        _ place: String
    ) throws(SchemaFault) -> [String] {
        guard let properties = properties.members else { throw SchemaFault("no properties") }
        for property in properties {
            let name = text(property.name)
            guard let member = value[name] else { continue }
            let found = try faults(in: member, against: property.value, at: "\(place)/\(name)")
            if !found.isEmpty { return found }
        }
        return []
    }

    private func checkAdditional(
        _ allowed: JSONValue,
        _ schema: JSONValue,
        _ value: JSONValue,
        _ place: String
    ) throws(SchemaFault) -> [String] {
        guard allowed == .bool(false) else { throw SchemaFault("only `false` is known") }
        return (value.members ?? []).map { text($0.name) }
            .filter { schema["properties"]?[$0] == nil }
            .map { "\(place)/\($0): is unknown" }
    }

    private func checkAll(
        _ schemas: JSONValue,
        _ value: JSONValue,
        _ place: String
    ) throws(SchemaFault) -> [String] {
        for schema in try list(schemas) {
            let found = try faults(in: value, against: schema, at: place)
            if !found.isEmpty { return found }
        }
        return []
    }

    private func checkOne(
        _ schemas: JSONValue,
        _ value: JSONValue,
        _ place: String
    ) throws(SchemaFault) -> [String] {
        var fitting = 0
        for schema in try list(schemas)
        where try faults(in: value, against: schema, at: place).isEmpty {
            fitting += 1
        }
        return fitting == 1 ? [] : ["\(place): fits \(fitting) of the alternatives"]
    }

    private func definition(_ reference: JSONValue) throws(SchemaFault) -> JSONValue {
        guard let path = reference.text, path.hasPrefix("#/$defs/"),
            let definition = root["$defs"]?[String(path.dropFirst("#/$defs/".count))]
        else { throw SchemaFault("a reference to nothing") }
        return definition
    }

    private func list(_ value: JSONValue) throws(SchemaFault) -> [JSONValue] {
        guard let elements = value.elements else { throw SchemaFault("a list is expected") }
        return elements
    }
}

/// What is wrong with a schema, not with what it describes.
struct SchemaFault: Error, Equatable {
    let message: String

    init(_ message: String) { self.message = message }
}
