import CCoreServices
import CoreServices
import Glibc
import Testing
import WireProtocol

/// Many threads of one process, each with a lane of its own while it is in a call.
@Suite struct BrokerThreadTests {
    @Test func `threads that wait do not hinder others, and each gets its own answer`() throws {
        let broker = try ScriptedBroker(lanes: 10)
        let results = Shared<[UInt32: String]>([:])
        var threads: [RunningThread] = []
        for index in 0..<8 {
            threads.append(listening(broker, milliseconds: UInt32(index), results))
            if index > 0 { try broker.openLane() }
        }
        // All of them wait now, each over one of the lanes.
        let requests = try (0..<8).map { try #require(broker.nextRequest(lane: $0)) }
        #expect(Set(requests.map(\.milliseconds)) == Set(0..<8))
        #expect(Set(requests.map(\.call)).count == 8)
        try callMeanwhile(broker)
        for lane in (0..<8).reversed() {
            let request = requests[lane]
            try broker.answer(
                request.call,
                names: ["client\(request.milliseconds)", "e"],
                lane: lane
            )
        }
        for thread in threads { thread.join() }
        for index in 0..<8 { #expect(results.value[UInt32(index)] == "client\(index)") }
    }

    /// Makes a call for which there is no free lane, and one more over the same.
    private func callMeanwhile(_ broker: ScriptedBroker) throws {
        let caller = RunningThread {
            broker.run {
                #expect(unsafe KnCmDrop("c", "e") == ResultCode.ok)
                #expect(unsafe KnCmDrop("c", "f") == ResultCode.timeout)
            }
        }
        try broker.openLane()
        for retcode in [ResultCode.ok, ResultCode.timeout] {
            let request = try #require(broker.nextRequest(lane: 8))
            try broker.answer(request.call, retcode, lane: 8)
        }
        caller.join()
    }

    @Test func `a thread waits for a lane where there may be no more`() throws {
        let broker = try ScriptedBroker(lanes: 1)
        let results = Shared<[UInt32: String]>([:])
        let first = listening(broker, milliseconds: 0, results)
        let request = try #require(broker.nextRequest())
        let second = listening(broker, milliseconds: 1, results)
        second.awaitSleep()
        #expect(broker.request() == nil)
        try broker.answer(request.call, names: ["first", "e"])
        let next = try #require(broker.nextRequest())
        try broker.answer(next.call, names: ["second", "e"])
        first.join()
        second.join()
        #expect(results.value == [0: "first", 1: "second"])
    }

    @Test func `where the broker refuses a lane, the call returns its code`() throws {
        let broker = try ScriptedBroker()
        let results = Shared<[UInt32: String]>([:])
        let first = listening(broker, milliseconds: 0, results)
        let request = try #require(broker.nextRequest())
        let second = RunningThread {
            broker.run { #expect(unsafe KnCmDrop("c", "e") == ResultCode.quotaExceeded) }
        }
        try broker.refuseLane(ResultCode.quotaExceeded)
        second.join()
        try broker.answer(request.call, names: ["first", "e"])
        first.join()
        #expect(!broker.connection.isDead)
    }

    @Test(arguments: [0, 2]) func `the end of one lane wakes every thread`(lane: Int) throws {
        let broker = try ScriptedBroker(lanes: 3)
        let results = Shared<[UInt32: String]>([:])
        var threads: [RunningThread] = []
        for index in 0..<3 {
            threads.append(listening(broker, milliseconds: UInt32(index), results))
            if index > 0 { try broker.openLane() }
        }
        for lane in 0..<3 { _ = try #require(broker.nextRequest(lane: lane)) }
        // This one waits for a lane, of which there may be no more.
        threads.append(listening(broker, milliseconds: 3, results))
        threads[3].awaitSleep()
        broker.end(lane: lane)
        for thread in threads { thread.join() }
        #expect(results.value.isEmpty)
        #expect(broker.connection.isDead)
        // The broker sees that its process has closed everything.
        for other in 0..<3 where other != lane { #expect(broker.nextRequest(lane: other) == nil) }
        #expect(receiveFrame(broker.identity) == nil)
    }

    @Test func `the end of the identity while a lane is asked for ends the connection`() throws {
        let broker = try ScriptedBroker()
        let results = Shared<[UInt32: String]>([:])
        let first = listening(broker, milliseconds: 0, results)
        _ = try #require(broker.nextRequest())
        let second = listening(broker, milliseconds: 1, results)
        #expect(receiveFrame(broker.identity) != nil)
        shutdown(broker.identity, Int32(SHUT_RDWR))
        second.join()
        first.join()
        #expect(results.value.isEmpty)
        #expect(broker.connection.isDead)
    }

    @Test func `signals do not interrupt a call`() async {
        await #expect(processExitsWith: .success) {
            // Without SA_RESTART, so that the system interrupts what waits.
            var action = sigaction()
            unsafe action.__sigaction_handler.sa_handler = { _ in }
            guard unsafe sigaction(SIGUSR1, &action, nil) == 0 else { exit(2) }
            let broker = try ScriptedBroker()
            let caller = Shared<pthread_t?>(nil)
            let thread = RunningThread {
                caller.change { $0 = pthread_self() }
                broker.run {
                    guard unsafe KnCmDrop("c", "e") == ResultCode.ok else { exit(3) }
                }
            }
            guard let request = broker.nextRequest(), let caller = caller.value else { exit(4) }
            for _ in 0..<100 {
                thread.awaitSleep()
                pthread_kill(caller, SIGUSR1)
            }
            try broker.answer(request.call)
            thread.join()
            exit(0)
        }
    }

    @Test func `a forked child is no process of the solution`() async {
        await #expect(processExitsWith: .success) {
            let broker = try ScriptedBroker()
            try broker.answer(1)
            broker.run {
                guard unsafe KnCmDrop("c", "e") == ResultCode.ok else { exit(2) }
                let before = descriptorCount()
                let child = forkProcess()
                if child == 0 {
                    var handle: NsHandle = 0
                    guard unsafe NsCreate(nil, 0, &handle) == ResultCode.notConnected
                    else { _exit(3) }
                    guard KnHandleClose(7) == ResultCode.notConnected else { _exit(4) }
                    guard broker.connection.isDead else { _exit(5) }
                    // Identity and lane are the parent's alone.
                    _exit(descriptorCount() == before - 2 ? 0 : 6)
                }
                var status: Int32 = 0
                guard unsafe waitpid(child, &status, 0) == child else { exit(7) }
                guard status == 0 else { exit(status >> 8) }
            }
            // The parent is still connected.
            try broker.answer(2)
            broker.run {
                guard unsafe KnCmDrop("c", "e") == ResultCode.ok else { exit(8) }
            }
            exit(0)
        }
    }

    /// A thread that listens and keeps the client that it was told, by its timeout.
    private func listening(
        _ broker: ScriptedBroker,
        milliseconds: UInt32,
        _ results: Shared<[UInt32: String]>
    ) -> RunningThread {
        RunningThread {
            broker.run {
                var retcode: Retcode = 1
                let client = unsafe withNameBuffer(1024) { client in
                    _ = unsafe withNameBuffer(1024) { service in
                        retcode = unsafe KnCmListen(nil, milliseconds, client, service)
                    }
                }
                if retcode == ResultCode.ok {
                    results.change { $0[milliseconds] = client }
                } else {
                    #expect(retcode == ResultCode.notConnected)
                }
            }
        }
    }
}

/// How many descriptors this process has.
private func descriptorCount() -> Int {
    (0..<256).count { fcntl($0, F_GETFD) >= 0 }
}

/// Swift does not offer it, since little may be done in the child.
@_silgen_name("fork") private func forkProcess() -> pid_t
