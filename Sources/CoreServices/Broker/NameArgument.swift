/// A name as the caller of a C function passed it: nobody has judged it yet.
@safe struct NameArgument {
    let pointer: UnsafePointer<CChar>?
    /// False where the operation has no such name: that is something else than a null pointer.
    let isPresent: Bool

    /// The name at `pointer`, which ends with a zero; null is passed on as null.
    init(_ pointer: UnsafePointer<CChar>?) {
        unsafe self.pointer = pointer
        isPresent = true
    }

    private init(isPresent: Bool) {
        unsafe pointer = nil
        self.isPresent = isPresent
    }

    /// No such name.
    static var absent: NameArgument { NameArgument(isPresent: false) }
    /// A null pointer.
    static var null: NameArgument { NameArgument(isPresent: true) }
}

/// The names of a call, in the order of the wire.
struct NameArguments {
    var first = NameArgument.absent
    var second = NameArgument.absent
    var third = NameArgument.absent

    init(
        _ first: NameArgument = .absent,
        _ second: NameArgument = .absent,
        _ third: NameArgument = .absent
    ) {
        self.first = first
        self.second = second
        self.third = third
    }
}

/// Where the caller of a C function wants a name.
@safe struct NameOutput {
    let pointer: UnsafeMutablePointer<CChar>?
    /// How many bytes there are, the terminating zero included.
    let size: Int

    /// `size` bytes at `pointer`; C's sizes have no sign, so a negative one is a huge one.
    init(_ pointer: UnsafeMutablePointer<CChar>?, size: Int) {
        unsafe self.pointer = pointer
        self.size = size < 0 ? .max : size
    }

    /// Nowhere.
    static var none: NameOutput { unsafe NameOutput(nil, size: 0) }

    /// Whether the caller passed a null pointer.
    var isNull: Bool { unsafe pointer == nil }
}

/// Where the caller wants the names of an answer.
struct NameOutputs {
    var first = NameOutput.none
    var second = NameOutput.none

    init(_ first: NameOutput = .none, _ second: NameOutput = .none) {
        self.first = first
        self.second = second
    }

    /// Whether the caller passed a null pointer for one of the two.
    var hasNull: Bool { first.isNull || second.isNull }
}
