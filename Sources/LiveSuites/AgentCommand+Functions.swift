import CCoreServices

extension AgentCommand {
    /// How large a buffer must be for every name, with its terminating zero.
    private static let nameSize = Int(kl_core_Types_UCoreStringSize)

    /// Calls the C function and says what it returned and wrote.
    func perform() -> AgentReport {
        var report = AgentReport(tag: tag, retcode: 0)
        switch function {
        case .nsCreate:
            report.retcode = unsafe NsCreate(name(0), milliseconds, &report.handle)
        case .publish:
            report.retcode = unsafe NsPublishService(handle, name(0), name(1), name(2))
        case .unpublish:
            report.retcode = unsafe NsUnPublishService(handle, name(0), name(1), name(2))
        case .enumerate: enumerate(&report)
        case .connect:
            report.retcode = unsafe KnCmConnect(
                name(0),
                name(1),
                milliseconds,
                &report.handle,
                &report.number
            )
        case .listen: listen(&report)
        case .accept:
            report.retcode = unsafe KnCmAccept(name(0), name(1), number, handle, &report.handle)
        case .drop: report.retcode = unsafe KnCmDrop(name(0), name(1))
        case .close: report.retcode = KnHandleClose(handle)
        case .createListener: report.retcode = unsafe KnHandleCreateListener(&report.handle)
        }
        return report
    }

    private func enumerate(_ report: inout AgentReport) {
        // No smaller than a name, so that a function which writes too much breaks nothing here.
        var server = [CChar](repeating: 0, count: Self.nameSize)
        var endpoint = server
        report.retcode = unsafe NsEnumServices(
            handle,
            name(0),
            number,
            &server,
            Int(sizes[0]),
            &endpoint,
            Int(sizes[1])
        )
        if report.retcode == 0 { report.names = [server.name, endpoint.name] }
    }

    private func listen(_ report: inout AgentReport) {
        var client = [CChar](repeating: 0, count: Self.nameSize)
        var endpoint = client
        report.retcode = unsafe KnCmListen(name(0), milliseconds, &client, &endpoint)
        if report.retcode == 0 { report.names = [client.name, endpoint.name] }
    }

    /// A name as C takes it.
    private func name(_ index: Int) -> [CChar]? {
        names[index].map { bytes in bytes.map { CChar(bitPattern: $0) } + [0] }
    }
}

extension [CChar] {
    /// What stands before the terminating zero.
    fileprivate var name: [UInt8] { prefix { $0 != 0 }.map { UInt8(bitPattern: $0) } }
}
