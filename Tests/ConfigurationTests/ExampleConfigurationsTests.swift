import Configuration
import Foundation
import Testing

/// The configurations that come with the repository.
@Suite struct ExampleConfigurationsTests {
    private var runs: URL {
        URL(filePath: #filePath).appending(path: "../../../cluster/runs").standardizedFileURL
    }

    @Test func theDemoIsComplete() throws {
        var reader = ConfigurationReader()
        try reader.add(file: runs.appending(path: "demo.yaml").path)
        let configuration = try reader.configuration()
        #expect(configuration.run.mode == .restPG)
        #expect(configuration.run.iterations == 3)
        #expect(configuration.data.directory.hasSuffix("/cluster/corpus"))
        #expect(configuration.model.base.hasSuffix("/cluster/base"))
    }

    @Test func realDataHasToBeNamed() throws {
        var reader = ConfigurationReader()
        try reader.add(file: runs.appending(path: "longlamp.yaml").path)
        try reader.add(assignment: "model.base=/base")
        let error = #expect(throws: ConfigurationError.self) { try reader.configuration() }
        #expect(error?.key == "data.directory")
        try reader.add(assignment: "data.directory=/data")
        #expect(try reader.configuration().data.directory == "/data")
    }
}
