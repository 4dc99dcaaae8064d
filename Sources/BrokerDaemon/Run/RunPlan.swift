package import AuditLog
package import BrokerCore
import Glibc
package import SecurityEvents

/// What is to be run: a solution, and which programs its processes have.
package struct RunPlan {
    /// The init description's path, for people.
    package var file: String
    package var solution: Solution
    /// In start order; a process without a program is there, but nothing is started for it.
    package var programs: [Program] = []
    /// Processes that wait for a program that somebody attaches.
    package var external: Set<ProcessName> = []
    /// What had to be assumed about the solution, a line each.
    package var assumptions: [String] = []

    package init(file: String, solution: Solution) {
        self.file = file
        self.solution = solution
    }
}

/// How a solution is run.
package struct RunSettings {
    package var format = RunFormat.text
    package var isColored = false
    /// Whether decisions are left out of the report, not of the audit log.
    package var isQuiet = false
    /// The path of the control socket; nil for where it is looked for by itself.
    package var control: String?
    /// What a reload does to the channels that are there.
    package var channelsOnReload = ReloadMode.keep
    /// How long programs have to end by themselves when they are asked to.
    package var grace = Duration.seconds(2)
    /// Whether other processes of the user may look into this one.
    ///
    /// They could take identities out of it; only tests let them.
    package var isDumpable = false
    /// Where the report goes.
    package var output = STDOUT_FILENO
    /// For the hash chain of a report in JSON.
    package var hash: HashFunction
    /// The wall clock at the start.
    package var wall: WallTime

    package init(hash: @escaping HashFunction, wall: WallTime) {
        self.hash = hash
        self.wall = wall
    }
}

/// How the loading of the policy went when it was asked for again.
package enum PolicyReload {
    case loaded(any PolicyEngine)
    /// Nothing of it counts; with what is wrong.
    case refused(String)
}

/// How a run ended.
package enum RunEnd: Equatable, Sendable {
    /// Every program ended.
    case byItself
    case signal(Int32)
    /// Something kept it from starting or going on; with what.
    case failed(String)
}

/// What there is to say when a run is over; the report has said the rest.
package struct RunResult: Equatable, Sendable {
    package var end: RunEnd
    /// What went wrong, for people; empty if nothing did.
    package var troubles: [String] = []
}

extension WallTime {
    /// What the system's clock says.
    package static var now: WallTime {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return WallTime(
            secondsSince1970: UInt64(max(time.tv_sec, 0)),
            nanoseconds: UInt32(time.tv_nsec)
        )
    }
}

/// Makes sure that nothing we open becomes standard input, output or error where these were closed:
/// what is meant for people would go to the audit log.
package func keepStandardDescriptors() {
    for number in 0...STDERR_FILENO where fcntl(number, F_GETFD) < 0 {
        _ = unsafe open("/dev/null", O_RDWR)
    }
}
