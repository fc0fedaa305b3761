import RolloutCore
import RunStore

extension Chunk {
    /// The chunks a request asks for; one empty chunk when the blob is not here or cannot be read.
    static func answers(to request: ChunkRequest, from blob: Blob?) -> [Chunk] {
        guard let blob else { return [absent(request)] }
        return answers(to: request, byteCount: blob.byteCount) { try? blob.read(at: $0, count: $1) }
    }
}
