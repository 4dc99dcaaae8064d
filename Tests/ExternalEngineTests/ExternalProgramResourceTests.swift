import ExternalEngine
import Glibc
import SecurityEvents
import Testing

/// What only a process of its own can tell about descriptors, children and signals.
@Suite struct ExternalProgramResourceTests {
    @Test func `no descriptor and no child is left behind`() async {
        await #expect(processExitsWith: .success) {
            let before = descriptorCount()
            for command in [answering(#""verdict":"allow""#), "exit 1", "cat", "sleep 600 & cat"] {
                for _ in 0..<20 {
                    let engine = engine(command)
                    _ = engine.decide(compatibilityEvents[0])
                }
            }
            guard descriptorCount() == before else { exit(2) }
            var status: Int32 = 0
            guard unsafe waitpid(-1, &status, WNOHANG) == -1, errno == ECHILD else { exit(3) }
            exit(0)
        }
    }

    @Test func `the program ends with its engine, and what it started too`() async {
        await #expect(processExitsWith: .success) {
            var ends: [Int32] = [0, 0]
            guard unsafe pipe(&ends) == 0 else { exit(2) }
            // The pipe's writing end reaches the program as standard error, and its child.
            guard dup2(ends[1], STDERR_FILENO) == STDERR_FILENO else { exit(3) }
            close(ends[1])
            do {
                let engine = engine("sleep 600 & \(answering(#""verdict":"allow""#))")
                guard engine.decide(compatibilityEvents[0]).verdict == .allow else { exit(4) }
            }
            close(STDERR_FILENO)
            // Nobody holds the writing end any more.
            var byte: UInt8 = 0
            exit(unsafe read(ends[0], &byte, 1) == 0 ? 0 : 5)
        }
    }

    @Test func `the program inherits no descriptor but the three that it should`() async {
        await #expect(processExitsWith: .success) {
            guard unsafe dup2(open("/dev/null", O_RDONLY), 77) == 77 else { exit(2) }
            let engine = engine(
                """
                v=allow; i=3; while [ $i -lt 100 ]; do
                [ -e /proc/$$/fd/$i ] && v=deny; i=$((i + 1)); done
                read -r q; printf '{"id":1,"verdict":"%s"}\\n' $v
                """
            )
            exit(engine.decide(compatibilityEvents[0]).verdict == .allow ? 0 : 3)
        }
    }

    @Test func `a program that ends while it is written to raises no signal`() async {
        await #expect(processExitsWith: .success) {
            signal(SIGPIPE, SIG_DFL)
            let long = String(repeating: "x", count: NameLimits.maximumLength)
            let other = process(long, long)
            let event = SecurityEvent(
                .connect,
                by: other,
                client: other,
                server: other,
                endpoint: name("end")
            )
            let engine = engine("sleep 0.2; exit 9", deadline: .milliseconds(3))
            let start = ContinuousClock.now
            while ContinuousClock.now - start < .seconds(60) {
                let cause = engine.decide(event).cause
                if cause == .engineFailure("the program ended with exit code 9") { exit(0) }
            }
            exit(2)
        }
    }

    @Test func `the program gets signals as a program expects them`() async {
        await #expect(processExitsWith: .success) {
            signal(SIGTERM, SIG_IGN)
            let engine = engine("kill -TERM $$; sleep 600")
            let cause = engine.decide(compatibilityEvents[0]).cause
            exit(cause == .engineFailure("the program was ended by signal 15") ? 0 : 2)
        }
    }

    @Test func `signals disturb neither question nor answer`() async {
        await #expect(processExitsWith: .success) {
            signal(SIGALRM) { _ in }
            // 0 is ITIMER_REAL, whose type differs from the parameter's.
            let millisecond = timeval(tv_sec: 0, tv_usec: 1000)
            var timer = itimerval(it_interval: millisecond, it_value: millisecond)
            guard unsafe setitimer(0, &timer, nil) == 0 else { exit(2) }
            let slow = engine(
                #"sleep 0.05; read -r q; sleep 0.05; echo '{"id":1,"verdict":"allow"}'"#
            )
            guard slow.decide(compatibilityEvents[0]).verdict == .allow else { exit(3) }
            let cause = slow.decide(compatibilityEvents[0]).cause
            exit(cause == .engineFailure("the program ended with exit code 0") ? 0 : 4)
        }
    }

    @Test func `a program that cannot be started denies every event`() async {
        await #expect(processExitsWith: .success) {
            var limit = rlimit(rlim_cur: 3, rlim_max: 3)
            guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
                exit(2)
            }
            let engine = engine("cat")
            for _ in 0..<2 {
                guard
                    engine.decide(compatibilityEvents[0]).cause
                        == .engineFailure(
                            "the program cannot be started: Too many open files"
                        )
                else { exit(3) }
            }
            exit(0)
        }
    }
}

/// How many sockets and directories this process has open: what an engine opens.
///
/// The test library opens descriptors of other kinds when it likes.
private func descriptorCount() -> Int {
    (0..<1024 as Range<Int32>).count { descriptor in
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return false }
        return [S_IFSOCK, S_IFDIR].contains(status.st_mode & S_IFMT)
    }
}
