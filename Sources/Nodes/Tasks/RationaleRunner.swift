import Digests
import Endpoints
import Personalization
import RolloutCore
import Synchronization

/// Writes reasoning paths, with the checkpoint a task names or the endpoint this node was told of.
final class RationaleRunner: Sendable {
    private let endpoint: EndpointClient?
    /// The writing model last used; every task of a run names the same.
    private let loaded = Mutex<(blob: Digest, model: BaseModel)?>(nil)

    /// - Parameter endpoint: Asked by tasks that name no checkpoint.
    init(endpoint: EndpointClient? = nil) {
        self.endpoint = endpoint
    }

    func run(_ work: RationaleWork, in context: TaskContext) throws(TaskError) -> TaskOutput {
        let writer: RationaleWriter
        do throws(RationaleWriterError) {
            writer = try RationaleWriter(json: work.writer)
        } catch {
            throw .deterministic(error.description)
        }
        let model = try model(for: work, writer, context.blobs)
        let requests = work.items.map {
            RationaleWriter.Request(instruction: $0.instruction, reference: $0.reference, known: $0.known)
        }
        let written = try writer.write(requests) { places, attempt throws(TaskError) in
            if context.isCancelled() { throw .system("the task was stopped") }
            let instructions = places.map { (work.items[$0].prompt, work.items[$0].instruction) }
            do throws(RationaleModelError) {
                return try model.draw(instructions, attempt: attempt, seed: work.seed, writer: writer)
            } catch {
                throw error.isPassing ? .system(error.description) : .deterministic(error.description)
            }
        }
        return .rationale(zip(work.items, written).map { item, written in Self.rationale(item, written) })
    }

    private static func rationale(_ item: RationaleWork.Item, _ written: RationaleWriter.Written) -> Rationale {
        let origin: Rationale.Origin = written.path != nil ? .written : item.fallback != nil ? .profile : .none
        return Rationale(
            prompt: item.prompt, text: written.path ?? item.fallback ?? "", origin: origin,
            leaks: UInt32(written.leaks), unusable: UInt32(written.unusable))
    }

    private func model(
        for work: RationaleWork, _ writer: RationaleWriter, _ blobs: BlobCache
    ) throws(TaskError) -> RationaleModel {
        if let checkpoint = work.checkpoint { return .checkpoint(try load(checkpoint, blobs)) }
        guard let endpoint else {
            throw .system(
                "rationales are to be asked of an endpoint, and this sampler was told of none: start it with --config")
        }
        guard endpoint.endpoint.model == writer.model else {
            throw .system(
                """
                rationales are to be asked of the model \(writer.model ?? "none"), and this sampler was told of \
                \(endpoint.endpoint.model): start it with the run's configuration
                """)
        }
        return .endpoint(endpoint)
    }

    /// Loading happens under the lock: slots that need the model wait for it instead of loading it again.
    private func load(_ manifest: BlobManifest, _ blobs: BlobCache) throws(TaskError) -> BaseModel {
        do {
            return try loaded.withLock { loaded in
                if let loaded, loaded.blob == manifest.digest { return loaded.model }
                guard let archive = blobs[manifest.digest] else {
                    throw TaskError.system("the model that writes rationales is not here any more")
                }
                let model = try BaseModel(archive: archive)
                loaded = (manifest.digest, model)
                return model
            }
        } catch let error as TaskError {
            throw error
        } catch {
            throw .deterministic("the model that writes rationales cannot be loaded: \(error)")
        }
    }
}
