// swift-tools-version: 6.2
import PackageDescription

// A process of the solution in Swift. A package of its own would say where kosbroker is by URL.
let package = Package(
    name: "diagnostics",
    dependencies: [.package(name: "kosbroker", path: "../../..")],
    targets: [
        .executableTarget(
            name: "StatusReader",
            dependencies: [.product(name: "ChannelClient", package: "kosbroker")]
        )
    ]
)
