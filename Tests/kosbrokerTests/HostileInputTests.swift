import Foundation
import Testing

/// Documents that are to be refused quickly, whatever they hold.
///
/// The shell limits the address space of the program to 300 MB: what needs more crashes.
@Suite(.serialized) struct `Hostile documents` {
    private func explain(_ producer: String) throws -> Run {
        let command = "$KOSBROKER explain --policy - --as x cm.listen"
        let clock = ContinuousClock()
        let start = clock.now
        // What a producer says of a reader that is gone depends on who has ignored which signal.
        let pipe = "{ \(producer); } 2>/dev/null | (ulimit -v 300000; exec \(command))"
        let run = try shell(pipe)
        #expect(clock.now - start < .seconds(20))
        #expect(!run.crashed)
        #expect(run.status == 3)
        #expect(run.output == "")
        return run
    }

    @Test func `a gigabyte of spaces ends as soon as it is too much`() throws {
        let run = try explain("head -c 1073741824 /dev/zero | tr '\\0' ' '")
        #expect(
            run.errors == "-:1:1: error: cannot read `-`: it is larger than 64 MiB [unreadable]\n"
        )
    }

    @Test func `an endless document ends`() throws {
        #expect(try explain("yes -- '- a'").errors.contains("larger than 64 MiB"))
    }

    @Test func `three hundred thousand brackets are too deep`() throws {
        let run = try explain("head -c 300000 /dev/zero | tr '\\0' '['")
        #expect(run.errors.contains("-:1:65: error: the document is nested more than 64 deep"))
    }

    @Test func `aliases that would grow to a billion are refused`() throws {
        let levels = (1...9).map { level in
            "l\(level): &l\(level) ["
                + Array(repeating: "*l\(level - 1)", count: 9)
                .joined(separator: ",") + "]"
        }
        let lines = ["policy: laughs", "l0: &l0 [lol]"] + levels
        let text = lines.map { "'\($0)'" }.joined(separator: " ")
        let run = try explain("printf '%s\\n' \(text)")
        #expect(run.errors.contains("alias") || run.errors.contains("anchor"))
    }

    @Test func `a binary is no policy`() throws {
        let run = try explain("head -c 1000000 /dev/urandom")
        #expect(run.errors.utf8.count < 100_000)
    }

    @Test func `a suite that repeats a test ten thousand times runs within bounds`() throws {
        let solution = try Solution()
        let values = (0..<10_000).map(String.init).joined(separator: ", ")
        try solution.write(
            "large.yaml",
            """
            suite: large
            init: init.yaml
            policy: [policy.yaml]
            tests:
            - name: number $n
              for: {n: [\(values)]}
              steps:
              - {as: Server, do: cm.connect, server: Client, endpoint: main,
                 expect: {denied: no-rule}}

            """
        )
        let run = try shell(
            "ulimit -v 300000; exec $KOSBROKER test large.yaml --coverage",
            in: solution.folder
        )
        #expect(run.status == 0)
        #expect(run.output.contains("10000 passed, 0 failed"))
    }
}
