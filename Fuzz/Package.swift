// swift-tools-version: 6.2
import PackageDescription

// The readers of documents and of frames under the fuzzer. The folders under Sources are links to the project's
// own, so that they are one package here too and their `package` declarations can be seen.
let package = Package(
    name: "Fuzz",
    targets: [
        .target(name: "JSONText"),
        .target(name: "Diagnostics", dependencies: ["JSONText"]),
        .target(name: "SecurityEvents", dependencies: ["Diagnostics", "JSONText"]),
        .systemLibrary(name: "CLibYAML", pkgConfig: "yaml-0.1"),
        .target(name: "LocatedYAML", dependencies: ["CLibYAML", "Diagnostics"]),
        .target(name: "SecurityPolicy", dependencies: ["SecurityEvents", "LocatedYAML"]),
        .target(name: "InitDescriptions", dependencies: ["SecurityEvents", "LocatedYAML"]),
        .target(name: "FormalSpecifications", dependencies: ["SecurityEvents", "LocatedYAML"]),
        .executableTarget(
            name: "FuzzDocuments",
            dependencies: [
                "Diagnostics", "FormalSpecifications", "InitDescriptions", "LocatedYAML",
                "SecurityPolicy",
            ],
            swiftSettings: [.unsafeFlags(["-parse-as-library"])],
            linkerSettings: [.unsafeFlags(["-use-ld=lld"])]
        ),
        .target(name: "WireProtocol"),
        .executableTarget(
            name: "FuzzFrames",
            dependencies: ["WireProtocol"],
            swiftSettings: [.unsafeFlags(["-parse-as-library"])],
            linkerSettings: [.unsafeFlags(["-use-ld=lld"])]
        ),
    ]
)
for target in package.targets where target.type != .system {
    target.swiftSettings =
        (target.swiftSettings ?? []) + [
            .swiftLanguageMode(.v6),
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("InternalImportsByDefault"),
            .enableUpcomingFeature("MemberImportVisibility"),
            .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
            // `swift build --sanitize=fuzzer` tells the linker alone; without these counters the
            // fuzzer is blind.
            .unsafeFlags(["-sanitize=fuzzer"]),
        ]
}
