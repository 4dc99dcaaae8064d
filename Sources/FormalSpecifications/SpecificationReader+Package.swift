import Diagnostics
import SecurityEvents

// What only IDL has.
extension SpecificationReader {
    mutating func readPackagePart(_ specification: inout Specification) {
        if isWord("interface") {
            readInterface(&specification)
        } else if isWord("import") {
            let keyword = token
            advance()
            let _: Located<DeclaredName>? = readName(of: "the imported package", after: keyword)
        } else if isWord("typedef") || isWord("const") {
            skipDefinition()
        } else if isWord("struct") || isWord("union") {
            skipTypeBlock(isNamed: true)
        } else if isWord("error") {
            skipTypeBlock(isNamed: false)
        } else {
            skipUnknown(among: kind.partKeywords)
        }
    }

    /// Reads the methods of the interface.
    ///
    /// An interface of early versions has a name of its own, which follows that of the package.
    private mutating func readInterface(_ specification: inout Specification) {
        let keyword = token
        advance()
        var name = Located(
            InterfaceName(sameBytesAs: specification.name.value),
            at: specification.name.place
        )
        if token.kind == .word, !startsPart {
            let own: Located<InterfaceName>? = readName(of: "the interface", after: keyword)
            let bytes = name.value.bytes + [UInt8(ascii: ".")] + (own?.value.bytes ?? [])
            if let own, let full = try? InterfaceName(bytes) {
                name = Located(full, at: own.place)
            }
        }
        guard let opening = readOpeningBrace(of: keyword) else { return }
        var interface = Specification.Interface(name: name)
        var seen: Set<MethodName> = []
        while !isStopped, !token.isSign("}"), token.kind != .end {
            let first = token
            guard let method = readMethod() else { continue }
            if seen.insert(method.value).inserted {
                interface.methods.append(method)
            } else {
                report("duplicate-name", at: first, "the method `\(method.value)` is listed twice")
            }
        }
        specification.interfaces.append(interface)
        guard !isStopped else { return }
        if token.kind == .end { reportUnterminated(opening) } else { advance() }
    }

    /// Reads `Name(…);`; nil where that is not what stands here.
    private mutating func readMethod() -> Located<MethodName>? {
        if token.isSign(";") {
            advance()
            return nil
        }
        if token.isSign("(") {
            report("missing-name", "the method has no name")
            skipParameters()
            return nil
        }
        let first = token
        let next = following
        guard token.kind == .word else {
            skipUnknown(among: [])
            return nil
        }
        guard next.isSign("(") else {
            if next.isSign(";") || next.isSign("}") {
                let name = text(of: first)
                report("missing-parameters", "the method `\(name)` has no list of parameters")
                advance()
            } else {
                skipUnknown(among: [])
            }
            return nil
        }
        advance()
        skipParameters()
        return name(first, of: "the method", isDotted: false)
    }

    /// Skips from `(` past the end of the method: a semicolon, or else the line.
    private mutating func skipParameters() {
        skipBalanced()
        while !isStopped, token.kind != .end, !token.startsLine, !token.isSign("}") {
            let ends = token.isSign(";")
            if token.partner != nil { skipBalanced() } else { advance() }
            if ends { return }
        }
    }

    /// Skips a `typedef` or a `const`, up to its semicolon.
    private mutating func skipDefinition() {
        let keyword = token
        let before = lexerFaultCount
        advance()
        while !isStopped {
            if token.isSign(";") { return advance() }
            if token.kind == .end || token.isSign("}") || startsPart {
                // A comment or a string without an end has swallowed the semicolon.
                guard lexerFaultCount == before else { return }
                let word = text(of: keyword)
                report("missing-semicolon", at: keyword, "`\(word)` does not end with `;`")
                return
            }
            if token.partner != nil { skipBalanced() } else { advance() }
        }
    }

    /// Skips the definition of a type that ends with a block.
    private mutating func skipTypeBlock(isNamed: Bool) {
        let keyword = token
        advance()
        if isNamed {
            let _: Located<DeclaredName>? = readName(of: "the type", after: keyword)
        }
        while !isStopped, !token.isSign("{") {
            if token.isSign(";") { return advance() }
            guard token.kind != .end, !token.isSign("}"), !startsPart else {
                if !(token.kind == .end && isCut) {
                    let word = text(of: keyword)
                    report("missing-block", at: keyword, "`\(word)` has no block in braces")
                }
                return
            }
            if token.partner != nil { skipBalanced() } else { advance() }
        }
        if !isStopped { skipBalanced() }
    }
}
