import Diagnostics
import SecurityEvents

/// Finds the endpoints of a class by following its components.
struct ClassExpansion {
    private let specification: Specification
    private let components: [ComponentName: Specification]
    private let className: ClassName
    /// How many more members may be visited; embeddings that double at each level end here.
    private(set) var budget: Int

    private var endpoints: [SpecificationIndex.Endpoint] = []
    private var unknownComponents: [Located<ComponentName>] = []
    private var isComplete = true
    /// The number of the next endpoint; nil once something unknown came before it.
    private var nextNumber: UInt32? = 0

    /// - Parameters:
    ///   - specification: the EDL file of the class.
    ///   - components: all components that are known.
    ///   - budget: how many members may be visited; where that is not enough, less than nothing is
    ///     left of it.
    init(
        _ specification: Specification,
        components: [ComponentName: Specification],
        budget: Int
    ) {
        self.specification = specification
        self.components = components
        self.budget = budget
        className = ClassName(sameBytesAs: specification.name.value)
    }

    /// The class with the endpoints of all its components.
    mutating func expand() -> SpecificationIndex.ProcessClass {
        // What a class takes over from elsewhere is not documented.
        if let base = specification.base, base.value != specification.name.value { meetUnknown() }
        visit(specification, path: [], components: [])
        return SpecificationIndex.ProcessClass(
            name: className,
            place: specification.name.place,
            endpoints: endpoints,
            isComplete: isComplete,
            unknownComponents: unknownComponents
        )
    }

    /// Goes through a class or a component.
    ///
    /// `path` are the instances that lead here, each with a dot
    /// behind it; `ancestors` the components that these instances are of.
    private mutating func visit(
        _ specification: Specification,
        path: [UInt8],
        components ancestors: [ComponentName]
    ) {
        for member in specification.members {
            guard budget > 0 else {
                budget = -1
                return meetUnknown()
            }
            budget -= 1
            switch member {
            case .endpoint(let endpoint):
                add(endpoint, of: specification, path: path)
            case .instance(let instance):
                let name = instance.component.value
                guard let component = components[name] else {
                    unknownComponents.append(instance.component)
                    meetUnknown()
                    continue
                }
                // A component that contains itself has no end; the loader reports it.
                guard !ancestors.contains(name), ancestors.count < SpecificationLimits.depth else {
                    meetUnknown()
                    continue
                }
                let inner = path + instance.name.value.bytes + [UInt8(ascii: ".")]
                visit(component, path: inner, components: ancestors + [name])
            case .unknown:
                meetUnknown()
            }
        }
    }

    private mutating func add(
        _ endpoint: Specification.Endpoint,
        of specification: Specification,
        path: [UInt8]
    ) {
        let name = endpoint.name.value.bytes
        let qualified = specification.name.value.bytes + [UInt8(ascii: ".")] + name
        guard let path = try? EndpointName(path + name),
            let qualified = try? EndpointName(qualified)
        else {
            // Longer than a name can be: it counts, but nobody can use it.
            nextNumber = nextNumber.map { $0 + 1 }
            return
        }
        endpoints.append(
            SpecificationIndex.Endpoint(
                className: className,
                path: path,
                qualified: qualified,
                interface: endpoint.interface.value,
                riid: nextNumber.map(RIID.init(rawValue:)),
                place: endpoint.name.place
            )
        )
        nextNumber = nextNumber.map { $0 + 1 }
    }

    private mutating func meetUnknown() {
        isComplete = false
        nextNumber = nil
    }
}
