// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "kosbroker",
    products: [
        .executable(name: "kosbroker", targets: ["kosbroker"]),
        // What a program needs to plug an engine of its own into the broker.
        .library(name: "SecurityEvents", targets: ["SecurityEvents"]),
        // What a process of a solution uses that is written in Swift.
        .library(name: "ChannelClient", targets: ["ChannelClient"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    ],
    targets: [
        .target(name: "JSONText"),
        .target(name: "Diagnostics", dependencies: ["JSONText"]),
        .target(name: "SecurityEvents", dependencies: ["Diagnostics", "JSONText"]),
        .systemLibrary(
            name: "CLibYAML",
            pkgConfig: "yaml-0.1",
            providers: [.apt(["libyaml-dev"])]
        ),
        .target(name: "LocatedYAML", dependencies: ["CLibYAML", "Diagnostics"]),
        .target(
            name: "SecurityPolicy",
            dependencies: ["SecurityEvents", "LocatedYAML", "Diagnostics"]
        ),
        .target(
            name: "InitDescriptions",
            dependencies: ["SecurityEvents", "LocatedYAML", "Diagnostics"]
        ),
        .target(
            name: "FormalSpecifications",
            dependencies: ["Diagnostics", "LocatedYAML", "SecurityEvents"]
        ),
        .target(name: "BrokerCore", dependencies: ["SecurityEvents"]),
        .target(
            name: "AuditLog",
            dependencies: ["SecurityEvents", "Diagnostics", "JSONText"]
        ),
        // What reads logs that were compressed after they were rotated.
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CLibZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .target(
            name: "AuditFiles",
            dependencies: ["AuditLog", "CLibZstd", "CZlib", "SecurityEvents"]
        ),
        .target(name: "ExternalEngine", dependencies: ["SecurityEvents", "JSONText"]),
        .target(name: "SystemFiles", dependencies: ["LocatedYAML"]),
        // The headers that programs written for KasperskyOS include, and what implements them.
        .target(name: "CCoreServices"),
        .target(name: "CSystemShims"),
        .target(name: "WireProtocol"),
        .target(
            name: "CoreServices",
            dependencies: ["CCoreServices", "CSystemShims", "WireProtocol"]
        ),
        .target(name: "ChannelClient", dependencies: ["CCoreServices", "CoreServices"]),
        .target(
            name: "BrokerDaemon",
            dependencies: [
                "AuditLog", "BrokerCore", "CSystemShims", "Diagnostics", "JSONText",
                "SecurityEvents", "WireProtocol",
            ]
        ),
        .target(
            name: "SolutionTests",
            dependencies: [
                "AuditLog", "BrokerCore", "Diagnostics", "InitDescriptions", "JSONText",
                "LocatedYAML", "SecurityEvents", "SecurityPolicy",
            ]
        ),
        .target(
            name: "LiveSuites",
            dependencies: [
                "AuditLog", "BrokerCore", "BrokerDaemon", "CCoreServices", "CSystemShims",
                "CoreServices", "SecurityEvents", "SolutionTests", "WireProtocol",
            ]
        ),
        .target(
            name: "SolutionChecks",
            dependencies: [
                "BrokerCore", "Diagnostics", "FormalSpecifications", "InitDescriptions", "JSONText",
                "LocatedYAML", "SecurityEvents", "SecurityPolicy", "SolutionTests",
            ]
        ),
        .executableTarget(
            name: "kosbroker",
            dependencies: [
                "AuditFiles", "AuditLog", "BrokerCore", "BrokerDaemon", "Diagnostics",
                "ExternalEngine", "FormalSpecifications", "InitDescriptions", "JSONText",
                "LiveSuites",
                "LocatedYAML", "SecurityEvents", "SecurityPolicy",
                "SolutionChecks", "SolutionTests", "SystemFiles",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Crypto", package: "swift-crypto"),
            ]
        ),
    ]
)

// One place for the settings of every Swift target, and a test target beside each.
let documents = [
    "AuditLog": ["Golden"], "FormalSpecifications": ["Documents"],
    "InitDescriptions": ["Documents"], "SecurityPolicy": ["Documents"],
    "SolutionTests": ["Documents", "Golden"],
]
let inC: Set = ["CCoreServices", "CSystemShims", "HostileProgram", "LiveProgram"]
let tested = package.targets.filter { $0.type == .regular && !inC.contains($0.name) }
package.targets.append(
    .target(
        name: "TestSupport",
        dependencies: ["Diagnostics", "LocatedYAML", "SecurityEvents"],
        path: "Tests/TestSupport"
    )
)
package.targets += tested.map { target in
    .testTarget(
        name: "\(target.name)Tests",
        dependencies: [.target(name: target.name), "TestSupport"] + target.dependencies,
        exclude: documents[target.name] ?? []
    )
}
// The command as it is run: the dependency makes sure that it is built.
package.targets.append(
    .testTarget(
        name: "kosbrokerTests",
        dependencies: [
            "kosbroker", "JSONText", .product(name: "Crypto", package: "swift-crypto"),
        ],
        exclude: ["Golden"]
    )
)
// Real processes, well-behaved and hostile ones, against a broker in the test.
package.targets.append(
    .executableTarget(
        name: "LiveProgram",
        dependencies: ["CCoreServices", "CSystemShims", "CoreServices"],
        path: "Tests/LiveProgram"
    )
)
// It speaks the wire by itself: the library would keep it from what it is for.
package.targets.append(
    .executableTarget(name: "HostileProgram", path: "Tests/HostileProgram")
)
package.targets.append(
    .testTarget(
        name: "LiveTests",
        dependencies: [
            "AuditLog", "BrokerCore", "BrokerDaemon", "HostileProgram", "JSONText", "LiveProgram",
            "SecurityEvents", "TestSupport", "WireProtocol", "kosbroker",
        ]
    )
)
for target in package.targets where target.type != .system && !inC.contains(target.name) {
    target.swiftSettings = [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .strictMemorySafety(),
        .treatAllWarnings(as: .error),
    ]
}
