import Foundation
import Testing

/// The files under `cluster/` and `docker/` that start clusters elsewhere.
@Suite(.serialized, .realClusters, .timeLimit(.minutes(10)))
struct ClusterFilesTests {
    private static let root = URL(filePath: Compose.folder).deletingLastPathComponent().path(percentEncoded: false)
    private let folder: Folder

    init() throws { folder = try Folder() }

    /// A program of the shell on the path of the script.
    private func program(_ name: String, _ text: String) throws {
        let path = try folder.write("#!/bin/bash\n" + text, to: name)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }

    /// Threads of a test block signals, and what they start inherits that.
    private static let unblock = "sigprocmask(SIG_SETMASK, POSIX::SigSet->new); exec @ARGV"

    /// Runs the job's script with a Slurm whose hosts are this machine.
    private func job(_ configuration: String) throws -> Started {
        try program(
            "scontrol", "[ \"$1\" = show ] && printf '127.0.0.1\\nlocalhost\\n' || echo \"$@\" >> \(folder("calls"))")
        try program("srun", "while [ \"${1#--}\" != \"$1\" ]; do shift; done; exec \"$@\"")
        return try Started(
            ["-MPOSIX", "-e", Self.unblock, "/bin/bash", Self.root + "cluster/slurm/reprise.sbatch", configuration]
                + [folder("run")], program: "/usr/bin/perl",
            environment: [
                "PATH": folder.path + ":/usr/bin:/bin", "REPRISE": try #require(Binary.path), "SLURM_JOB_NAME": "test",
                "SLURM_JOB_ID": "\(Int.random(in: 0..<10_000))", "SLURM_JOB_NODELIST": "host[1-2]",
                "SLURM_CPUS_PER_TASK": "1",
            ])
    }

    @Test("A Slurm job that is stopped asks to be queued again, goes on, and learns what one machine learns")
    func slurm() async throws {
        let runs = try await TinyRuns.shared.value
        let first = try job(runs.configuration)
        try await eventually("the run is under way") { first.errorSoFar.contains("phase: sampling(iteration: 1)") }
        first.signal(SIGTERM)
        let stopped = try await first.outcome()
        #expect(stopped.status == 75, "\(stopped.error)")
        #expect(try String(contentsOfFile: folder("calls"), encoding: .utf8).hasPrefix("requeue "))
        let second = try await job(runs.configuration).outcome(within: 120)
        #expect(second.status == 0, "\(second.error)")
        for name in ["sampler-127.0.0.1", "sampler-localhost", "scorer", "learner"] {
            #expect(second.error.contains(" \(name) joined"), "\(second.error)")
        }
        let digest = try await Binary.run(["digest", folder("run")])
        #expect(digest.lines == [try #require(try await TinyRuns.finished.value.digest)])
    }

    @Test(
        "Docker takes the Compose file for a stack",
        .enabled(if: Machine.run("docker stack config --help") == 0, "needs docker with stack config"))
    func stack() throws {
        let stack = try Compose.output("docker stack config -c \(Compose.folder)/compose.yaml")
        for service in ["coordinator:", "sampler:", "scorer:", "learner:"] { #expect(stack.contains(service)) }
    }

    @Test(
        "Compose takes its file with each overlay",
        .enabled(if: Compose.command != nil, "needs Docker Compose"),
        arguments: [
            ["compose.dashboard.yaml"], ["compose.dashboard.yaml", "compose.metrics.yaml"], ["compose.chaos.yaml"],
        ])
    func overlays(names: [String]) throws {
        let command = try #require(Compose.command)
        let merged = try Compose.output("\(command) \(Compose.files(["compose.yaml"] + names)) config")
        for service in ["coordinator:", "sampler:", "scorer:", "learner:"] { #expect(merged.contains(service)) }
        guard names == ["compose.chaos.yaml"] else { return }
        // Every node goes through the proxy, and says that it goes without keys.
        #expect(merged.ranges(of: "tcp://chaos:5556").count == 3)
        #expect(merged.ranges(of: "--insecure").count == 5)
        #expect(!merged.contains("--server-key") && !merged.contains("--allowed"))
    }

    @Test(
        "Kubernetes' schemas take the manifests",
        .enabled(if: Machine.run("kubernetes-validate --version") == 0, "needs kubernetes-validate"))
    func kubernetes() throws {
        let directory = Self.root + "cluster/kubernetes"
        let files = try FileManager.default.contentsOfDirectory(atPath: directory).filter { $0.hasSuffix(".yaml") }
        // These two are for other programs.
        for file in files where !["kustomization.yaml", "run.yaml"].contains(file) {
            #expect(Machine.run("kubernetes-validate --strict \(directory)/\(file)") == 0, "\(file)")
        }
        let named = try String(contentsOfFile: directory + "/kustomization.yaml", encoding: .utf8)
        for file in files where file != "kustomization.yaml" { #expect(named.contains("- \(file)"), "\(file)") }
    }

    @Test(
        "Kustomize puts the manifests together",
        .enabled(if: Machine.run("kubectl kustomize --help") == 0, "needs kubectl"))
    func kustomize() throws {
        let built = try Compose.output("kubectl kustomize \(Self.root)cluster/kubernetes")
        for kind in [
            "Namespace", "ConfigMap", "Service", "PersistentVolumeClaim", "Deployment", "StatefulSet",
            "PodDisruptionBudget", "NetworkPolicy",
        ] { #expect(built.contains("kind: \(kind)\n"), "\(kind)") }
        #expect(built.contains("name: reprise-run\n") && built.contains("run.yaml: |"))
    }

    @Test("The run configuration of the manifests is one")
    func configuration() async throws {
        let text = try String(contentsOfFile: Self.root + "cluster/kubernetes/run.yaml", encoding: .utf8)
        let local = try folder.write(text.replacing("/files/", with: Self.root + "cluster/"), to: "run.yaml")
        let outcome = try await Binary.run(["run", local, "--dry-run"])
        #expect(outcome.status == 0, "\(outcome.error)")
    }
}
