package import Diagnostics
package import SecurityEvents

/// The roles of names that only specifications have.
package enum SpecificationRole {
    package enum Component {}
    package enum Instance {}
    package enum Method {}
    package enum Declared {}
}

/// The name of a component: the dotted path of its CDL file.
package typealias ComponentName = Name<SpecificationRole.Component>
/// The name of a component instance, as `components` gives it.
package typealias InstanceName = Name<SpecificationRole.Instance>
/// The name of an interface method.
package typealias MethodName = Name<SpecificationRole.Method>
/// What a specification declares, before its kind tells what that is.
package typealias DeclaredName = Name<SpecificationRole.Declared>

/// A value, and where it is written.
package struct Located<Value: Hashable & Sendable>: Hashable, Sendable {
    package let value: Value
    package let place: SourceLocation

    package init(_ value: Value, at place: SourceLocation) {
        self.value = value
        self.place = place
    }
}

/// What one EDL, CDL or IDL file says, as far as names go.
package struct Specification: Sendable {
    package let kind: SpecificationKind
    /// The class, component or package that the file declares.
    package let name: Located<DeclaredName>
    /// What follows the colon in `task class A : B`.
    package internal(set) var base: Located<DeclaredName>?
    /// The security interface.
    package internal(set) var security: Located<InterfaceName>?
    /// Endpoints and component instances, in the order in which they are written.
    package internal(set) var members: [Member] = []
    /// The interfaces of a package: none, or one that is named like the package.
    package internal(set) var interfaces: [Interface] = []

    /// What a class or a component consists of.
    package enum Member: Hashable, Sendable {
        case endpoint(Endpoint)
        case instance(Instance)
        /// Something that was not understood: there may be more here than is known.
        case unknown
    }

    /// `name : Interface` in `endpoints`.
    package struct Endpoint: Hashable, Sendable {
        package let name: Located<EndpointName>
        package let interface: Located<InterfaceName>
    }

    /// `name : Component` in `components`.
    package struct Instance: Hashable, Sendable {
        package let name: Located<InstanceName>
        package let component: Located<ComponentName>
    }

    /// The interface of a package.
    package struct Interface: Hashable, Sendable {
        package let name: Located<InterfaceName>
        /// The methods in the order in which they are written, which numbers them from 0.
        package internal(set) var methods: [Located<MethodName>] = []
    }

    /// Whether all of the file was understood.
    ///
    /// Where it was not, nothing can be said to be absent.
    package var isComplete: Bool { !members.contains(.unknown) }

    package var endpoints: [Endpoint] {
        members.compactMap { if case .endpoint(let endpoint) = $0 { endpoint } else { nil } }
    }

    package var instances: [Instance] {
        members.compactMap { if case .instance(let instance) = $0 { instance } else { nil } }
    }
}

extension Specification {
    /// Whether both say the same, wherever they say it.
    func saysTheSame(as other: Specification) -> Bool {
        kind == other.kind && name.value == other.name.value
            && base?.value == other.base?.value && security?.value == other.security?.value
            && members.elementsEqual(other.members, by: Self.sameMember)
            && interfaces.elementsEqual(other.interfaces) { first, second in
                first.name.value == second.name.value
                    && first.methods.map(\.value) == second.methods.map(\.value)
            }
    }

    private static func sameMember(_ first: Member, _ second: Member) -> Bool {
        switch (first, second) {
        case (.endpoint(let first), .endpoint(let second)):
            first.name.value == second.name.value
                && first.interface.value == second.interface.value
        case (.instance(let first), .instance(let second)):
            first.name.value == second.name.value
                && first.component.value == second.component.value
        // What was not understood may differ.
        default: false
        }
    }
}
