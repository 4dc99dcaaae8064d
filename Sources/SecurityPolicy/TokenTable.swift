import SecurityEvents

/// Which token stands for which condition.
///
/// A set with `"*"` in it needs none: it is "any".
struct TokenTable {
    private var names: [Token?]
    private var classNames: [Token?]
    private var isUniversal: [Bool]
    private(set) var nameSets: [[(Token, [Pattern])]]

    /// Gives a token to each use of a pattern set: as names of one sort, or as classes.
    init(_ policy: Policy) {
        names = Array(repeating: nil, count: policy.sets.count)
        classNames = names
        isUniversal = policy.sets.map { $0.patterns.contains(.any) }
        nameSets = Array(repeating: [], count: NameSort.allCases.count)
        var next = FixedToken.firstSet
        var isIndexed: Set<SortedSet> = []
        for condition in policy.rules.lazy.flatMap(\.conditions) {
            guard let sort = NameSort(condition) else { continue }
            let index = condition.setIndex
            if isUniversal[index] { continue }
            let isClass = sort == .className
            let token = (isClass ? classNames[index] : names[index]) ?? next
            if token == next { next += 1 }
            if isClass { classNames[index] = token } else { names[index] = token }
            if isIndexed.insert(SortedSet(sort: sort, index: index)).inserted {
                nameSets[sort.rawValue].append((token, policy.sets[index].patterns))
            }
        }
    }

    private struct SortedSet: Hashable {
        var sort: NameSort
        var index: Int
    }

    func token(of condition: Condition) -> Token {
        switch condition.subject {
        case .name(let set): names[set.index] ?? FixedToken.any
        case .className(let set): classNames[set.index] ?? FixedToken.any
        case .caller: FixedToken.caller
        case .path(.static): FixedToken.pathStatic
        case .path(.dynamic): FixedToken.pathDynamic
        }
    }
}

/// The sorts of names; each has an index of its own.
enum NameSort: Int, CaseIterable {
    case processName, className, interface, endpoint, connection

    /// The sort that `condition` compares; nil for `self` and paths.
    init?(_ condition: Condition) {
        switch condition.subject {
        case .caller, .path: return nil
        case .className: self = .className
        case .name:
            switch condition.field {
            case .process, .client, .server, .target: self = .processName
            case .interface: self = .interface
            case .endpoint: self = .endpoint
            case .connection: self = .connection
            case .path: return nil
            }
        }
    }
}

extension Condition {
    fileprivate var setIndex: Int {
        switch subject {
        case .name(let set), .className(let set): set.index
        case .caller, .path: preconditionFailure("the condition compares no names")
        }
    }
}
