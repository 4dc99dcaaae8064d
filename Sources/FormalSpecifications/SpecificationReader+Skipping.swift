import Diagnostics

extension SpecificationReader {
    /// Skips what is not known: to the end of the line, or of the block that begins there.
    mutating func skipUnknown() {
        repeat {
            let isBlock = token.isSign("{")
            let ends = token.isSign(";") || isBlock
            if token.isSign("}") { return }
            if token.partner != nil { skipBalanced() } else { advance() }
            if ends || isStopped { return }
        } while token.kind != .end && !token.startsLine
        if token.isSign("{") { skipBalanced() }
    }

    /// Reports and skips what is not known.
    ///
    /// - Parameter keywords: the words that it may have been meant to be.
    mutating func skipUnknown(among keywords: [String]) {
        let word = text(of: token)
        if let hint = Suggestion.didYouMean(word, among: keywords) {
            let message = "`\(word)` is not known here"
            report("unknown-declaration", message, severity: .warning, hint: hint)
        } else {
            let message = "`\(word)` is not known here and is skipped"
            report("unknown-declaration", message, severity: .note)
        }
        skipUnknown()
    }

    /// Skips from an opening sign past the one that closes it.
    mutating func skipBalanced() {
        var open: [Token] = []
        repeat {
            if token.partner != nil {
                open.append(token)
                guard open.count <= SpecificationLimits.depth else {
                    let limit = SpecificationLimits.depth
                    stop("nesting-too-deep", at: token, "more than \(limit) blocks in each other")
                    return
                }
            } else if case .sign(let sign) = token.kind, isClosing(sign) {
                guard close(sign, &open) else { return }
            } else if token.kind == .end {
                if let first = open.last { reportUnterminated(first) }
                return
            }
            advance()
        } while !open.isEmpty && !isStopped
    }

    private func isClosing(_ sign: UInt8) -> Bool {
        [UInt8(ascii: "}"), UInt8(ascii: ")"), UInt8(ascii: "]")].contains(sign)
    }

    /// Closes what `sign` belongs to, and with it what is still open inside.
    ///
    /// - Returns: false where it belongs to nothing here, but closes a block further out.
    private mutating func close(_ sign: UInt8, _ open: inout [Token]) -> Bool {
        guard let partner = open.lastIndex(where: { $0.partner == sign }) else {
            guard sign == UInt8(ascii: "}"), let last = open.last else {
                report("unexpected-brace", "`\(text(of: token))` closes nothing")
                return true
            }
            report("unterminated-block", at: last, "`\(text(of: last))` is not closed")
            return false
        }
        for inner in open[(partner + 1)...] {
            report("unterminated-block", at: inner, "`\(text(of: inner))` is not closed")
        }
        open.removeSubrange(partner...)
        return true
    }
}
