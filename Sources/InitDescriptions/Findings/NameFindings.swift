import Diagnostics
import SecurityEvents

/// Names that no class, process or channel is known to have, and classes where a process belongs.
func nameFindings(in entities: [Entity]) -> [Diagnostic] {
    var findings: [Diagnostic] = []
    var classes: [ClassName: Entity] = [:]
    for entity in entities where entity.isKnown && classes[entity.className] == nil {
        classes[entity.className] = entity
        if !findings.isUnbearable, let fault = entity.className.syntaxFault {
            findings.append(classFinding(entity, fault))
        }
    }
    let ofTasks = entities.lazy.filter(\.isKnown).compactMap { taskFinding($0, classes) }
    findings += ofTasks.prefix([Diagnostic].bearable)
    return findings + characterFindings(in: entities)
}

/// A class that cannot be one; where its task could, the two are likely swapped.
private func classFinding(_ entity: Entity, _ fault: String) -> Diagnostic {
    let place = entity.places.name
    let task = ClassName(sameBytesAs: entity.task)
    let isSwapped =
        entity.places.task != nil && task.syntaxFault == nil && task.shortName != "\(task)"
    if isSwapped {
        return Diagnostic(
            "class-like-task",
            .warning,
            at: place,
            "`\(entity.className)` is no class name, but `\(entity.task)`, its `task`, is one",
            hint: "`name` is the class and `task` the process: they may be swapped"
        )
    }
    return Diagnostic(
        "class-name",
        .warning,
        at: place,
        "`\(entity.className)` is no class name: \(fault)",
        hint: "a class is called like its EDL file, such as `echo.Client`"
    )
}

/// A process that is called like the class of other processes.
private func taskFinding(_ entity: Entity, _ classes: [ClassName: Entity]) -> Diagnostic? {
    let namesake = ClassName(sameBytesAs: entity.task)
    guard namesake != entity.className, let other = classes[namesake] else { return nil }
    guard entity.className.syntaxFault == nil else { return nil }
    return Diagnostic(
        "task-like-class",
        .warning,
        at: entity.places.process,
        "the process `\(entity.task)` is of class `\(entity.className)`, "
            + "and `\(entity.task)` is the class of `\(other.task)`",
        hint: "use different names: channels lead to processes, and rules may ask for classes"
    )
}

/// Names with characters that nobody sees, or that end a string constant.
private func characterFindings(in entities: [Entity]) -> [Diagnostic] {
    let found = entities.lazy.flatMap { entity in
        let place = entity.isKnown ? entity.places.task : nil
        let ofTask = place.flatMap { characterFinding(entity.task, "a process", at: $0) }
        return [ofTask].compactMap { $0 } + channelCharacterFindings(in: entity.connections)
    }
    return Array(found.prefix([Diagnostic].bearable))
}

/// Channels whose names have such characters.
func channelCharacterFindings(in connections: [Connection]) -> [Diagnostic] {
    connections.filter(\.isIDKnown).compactMap {
        characterFinding($0.id, "a channel", at: $0.places.id)
    }
}

private func characterFinding(
    _ name: Name<some Any>,
    _ what: String,
    at place: SourceLocation
) -> Diagnostic? {
    guard let character = strangeCharacter(in: name.bytes) else { return nil }
    return Diagnostic(
        "name-characters",
        .warning,
        at: place,
        "the name of \(what) has \(character) in it",
        hint: "programs spell it in a string constant: use letters, digits, `.`, `_`, `-`"
    )
}

/// What in a name is strange, in words.
private func strangeCharacter(in bytes: [UInt8]) -> String? {
    if bytes.contains(UInt8(ascii: " ")) { return "a space" }
    if bytes.contains(UInt8(ascii: "\"")) { return "a quotation mark" }
    if bytes.contains(UInt8(ascii: "\\")) { return "a backslash" }
    if bytes.allSatisfy({ $0 < 0x80 }) { return nil }
    let invisible = String(decoding: bytes, as: UTF8.self).unicodeScalars.first {
        $0.properties.isWhitespace || $0.properties.generalCategory == .format
    }
    return invisible.map {
        "the invisible character U+\(String($0.value, radix: 16, uppercase: true))"
    }
}
