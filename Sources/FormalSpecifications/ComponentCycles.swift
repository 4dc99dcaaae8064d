import Diagnostics
import SecurityEvents

/// Finds components that contain themselves, which no program can be built from.
struct ComponentCycles {
    private let components: [ComponentName: Specification]
    /// How far on the way that is being followed a component stands; nil in here once it has been
    /// left for good.
    private var positions: [ComponentName: Int?] = [:]
    private var way: [(name: ComponentName, instances: ArraySlice<Specification.Instance>)] = []
    private var diagnostics: [Diagnostic] = []

    init(components: [ComponentName: Specification]) {
        self.components = components
    }

    /// One error for each instance that closes a cycle.
    ///
    /// The `order` is that of the files, for the same answer every time.
    static func find(
        among components: [ComponentName: Specification],
        order: [ComponentName]
    ) -> [Diagnostic] {
        var search = ComponentCycles(components: components)
        for name in order { search.follow(from: name) }
        return search.diagnostics
    }

    /// Follows all embeddings, with a stack of its own: hostile ones are deep.
    private mutating func follow(from start: ComponentName) {
        enter(start)
        while var last = way.popLast() {
            guard let instance = last.instances.popFirst() else {
                positions[last.name] = .some(nil)
                continue
            }
            way.append(last)
            let component = instance.component.value
            if let position = positions[component] {
                if let position { report(instance, from: position) }
            } else {
                enter(component)
            }
        }
    }

    private mutating func enter(_ name: ComponentName) {
        guard positions[name] == nil, let component = components[name] else { return }
        positions[name] = .some(way.count)
        way.append((name, component.instances[...]))
    }

    private mutating func report(_ closing: Specification.Instance, from first: Int) {
        let name = closing.component.value
        var cycle = way[first...].prefix(Self.shown).map { "`\(excerpt($0.name.bytes))`" }
        if way.count - first > Self.shown { cycle.append("…") }
        cycle.append("`\(excerpt(name.bytes))`")
        diagnostics.append(
            Diagnostic(
                "component-cycle",
                at: closing.component.place,
                "`\(excerpt(name.bytes))` contains itself: \(cycle.joined(separator: " → "))"
            )
        )
    }

    /// How many components of a cycle are named.
    private static let shown = 8
}
