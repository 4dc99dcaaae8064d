import Glibc
package import SecurityEvents

/// A program of a process, as it is started.
package struct Program: Sendable {
    /// The process that it is the program of.
    package let process: ProcessName
    /// The executable's file.
    package let file: String
    /// Its arguments, the name of the executable first.
    package let arguments: [String]
    /// What the init description puts into its environment, over what all programs inherit.
    package let environment: [(key: String, value: String)]

    package init(
        process: ProcessName,
        file: String,
        arguments: [String],
        environment: [(key: String, value: String)] = []
    ) {
        self.process = process
        self.file = file
        self.arguments = arguments
        self.environment = environment
    }
}

/// The folders in which programs are looked for, as a solution has them in its ROMFS.
package struct ProgramFolders {
    /// In the order in which they are looked through.
    package let folders: [String]

    package init(_ folders: [String]) { self.folders = folders }

    /// The first file that can be executed where `path` leads to from one of the folders.
    ///
    /// - Returns: nil if there is none.
    package func file(_ path: String) -> String? {
        candidates(path).first(where: Self.isExecutable)
    }

    /// Where `path` is looked for: nowhere if it would lead out of the folders.
    package func candidates(_ path: String) -> [String] {
        let parts = path.split(separator: "/")
        guard !parts.isEmpty, !parts.contains("..") else { return [] }
        let relative = path.drop { $0 == "/" }
        return folders.map { $0.hasSuffix("/") ? $0 + relative : "\($0)/\(relative)" }
    }

    /// Whether there is a file that can be executed.
    static func isExecutable(_ file: String) -> Bool {
        var status = stat()
        return unsafe stat(file, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
            && access(file, X_OK) == 0
    }
}
