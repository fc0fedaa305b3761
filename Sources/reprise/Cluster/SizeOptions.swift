import ArgumentParser
import Configuration
import Foundation
import Nodes
import RunStore

/// How many processes a local cluster has, where the configuration is not to decide.
struct SizeOptions: ParsableArguments {
    @Option(help: "Sampler processes.") var samplers: Int?
    @Option(help: "Scorer processes.") var scorers: Int?
    @Option(help: "Tasks each sampler runs at the same time.") var slots: Int?

    /// Refuses sizes that no run can have.
    func check() throws {
        for (name, number) in [("samplers", samplers), ("scorers", scorers), ("slots", slots)] {
            guard let number else { continue }
            if number < 1 { throw Failure(.usage, "--\(name) is \(number); a run needs at least one") }
            let most = name == "slots" ? 1024 : 4096
            if number > most { throw Failure(.usage, "--\(name) is \(number); a run takes \(most) at most") }
        }
    }

    /// The cluster of a run, not started.
    func cluster(
        of configuration: RunConfiguration, in directory: RunDirectory, trainingCache: String? = nil
    ) -> LocalCluster {
        LocalCluster(
            executable: URL(filePath: "/proc/self/exe").resolvingSymlinksInPath(),
            directory: URL(filePath: directory.path),
            size: LocalCluster.Size(
                samplers: samplers ?? configuration.cluster.samplers,
                scorers: configuration.reward.isExternal ? 0 : scorers ?? configuration.cluster.scorers,
                slots: slots ?? configuration.cluster.slots, learnerThreads: configuration.cluster.learnerThreads,
                trainingCache: trainingCache, maxRestarts: configuration.cluster.maxRestarts,
                restartWindow: .seconds(configuration.cluster.restartWindowSeconds),
                checkpointInterval: .seconds(configuration.cluster.checkpointSeconds)))
    }
}
