import Diagnostics
import SecurityEvents

/// Macros of the build that are for another program than the one beside which they stand, and
/// macros that are nearly those of the build.
///
/// The build replaces a macro that it does not know by nothing, without a word.
func macroFindings(in description: InitDescription) -> [Diagnostic] {
    let programs = Programs(description)
    let allOthersFit = programs.allFit(but: 1)
    let found = description.macros.lazy.compactMap { macro in
        spellingFinding(macro) ?? programs.finding(macro, allOthersFit: allOthersFit)
    }
    return Array(found.prefix([Diagnostic].bearable))
}

/// Which programs the processes run, and which programs the macros beside them are for.
///
/// A macro names a CMake target, which is what the executable is called that it makes. That is
/// `path`, or the short name of the class; case counts. A target can be made to differ from its
/// executable, so that only clear signs of a slip are reported.
private struct Programs {
    private let entities: [SourceLocation: Entity]
    /// By the name of the executable, and by the short name of the class.
    private var owners: [String: Entity] = [:]
    private var named = 0
    private var fitting = 0

    init(_ description: InitDescription) {
        entities = Dictionary(
            description.entities.map { ($0.places.entity, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        for entity in description.entities {
            let names = [executable(of: entity), entity.className.shortName]
            for name in names where owners[name] == nil { owners[name] = entity }
        }
        for macro in description.macros {
            guard let program = macro.program, let entity = self.entity(of: macro) else { continue }
            named += 1
            if fits(program, entity) || differsInCase(program, entity) { fitting += 1 }
        }
    }

    /// Whether all macros fit but for case and but so many, and others are there to compare with.
    func allFit(but count: Int) -> Bool { fitting > 0 && named - fitting == count }

    func finding(_ macro: TemplateMacro, allOthersFit: Bool) -> Diagnostic? {
        guard let program = macro.program, let entity = entity(of: macro) else { return nil }
        let executable = executable(of: entity)
        guard !fits(program, entity), !mayBeAnything(executable) else { return nil }
        if let owner = owners[program], owner.places.entity != entity.places.entity {
            return Diagnostic(
                "misplaced-macro",
                .warning,
                at: macro.place,
                "`\(macro.text)` is for the program of `\(owner.task)`, "
                    + "and stands in `\(entity.task)`, which runs `\(executable)`",
                hint: "did you mean `\(macro.naming(executable))`?"
            )
        }
        let isSlip =
            differsInCase(program, entity) || isTask(program, of: entity)
            || entity.places.path != nil
        guard isSlip || allOthersFit || namesNothing(program) else { return nil }
        return Diagnostic(
            "unmatched-macro",
            .warning,
            at: macro.place,
            "`\(macro.text)` is for a program `\(program)`, and `\(entity.task)` runs "
                + "`\(executable)`",
            hint: "it brings nothing where no CMake target is called so: "
                + "did you mean `\(macro.naming(executable))`?"
        )
    }

    private func entity(of macro: TemplateMacro) -> Entity? {
        macro.entityPlace.flatMap { entities[$0] }
    }

    private func fits(_ program: String, _ entity: Entity) -> Bool {
        program == executable(of: entity) || program == entity.className.shortName
    }

    private func differsInCase(_ program: String, _ entity: Entity) -> Bool {
        let names = [executable(of: entity), entity.className.shortName]
        return names.contains { $0.lowercased() == program.lowercased() }
    }

    /// Whether nothing in the description is called anything like the program.
    ///
    /// CMake targets are often called a little otherwise than what they make, `client_exec` or
    /// `EchoClient`: a name that holds the other, case and signs apart, is like it.
    private func namesNothing(_ program: String) -> Bool {
        let wanted = plain(program)
        return entities.values.allSatisfy { entity in
            let names = [
                executable(of: entity), entity.className.shortName, entity.task.description,
                entity.className.description,
            ]
            return names.map(plain).allSatisfy { name in
                !name.isEmpty && !wanted.isEmpty && !name.contains(wanted) && !wanted.contains(name)
            }
        }
    }

    private func isTask(_ program: String, of entity: Entity) -> Bool {
        let task = ClassName(sameBytesAs: entity.task)
        return program == "\(task)" || program == task.shortName
    }
}

/// Letters and digits in lowercase.
private func plain(_ name: String) -> String {
    String(
        name.lowercased().unicodeScalars.filter { $0.properties.isAlphabetic || ("0"..."9") ~= $0 }
    )
}

/// The name of the file that an entity runs.
private func executable(of entity: Entity) -> String {
    entity.path.split(separator: "/").last.map(String.init) ?? entity.path
}

/// Whether a macro without a value stands in a path.
private func mayBeAnything(_ path: String) -> Bool { path.contains("@") || path.contains("$") }

extension TemplateMacro {
    /// The same macro for another program.
    fileprivate func naming(_ other: String) -> String {
        guard let program else { return text }
        return "@INIT_\(other)\(text.dropFirst("@INIT_\(program)".count))"
    }
}
