import CWire
import RolloutCore

// C messages to Swift values: reasoning paths (the end of tasks.proto).

func readRationaleItem(_ message: UnsafeMutablePointer<Reprise__V1__RationaleItem>) throws(WireError)
    -> RationaleWork.Item
{
    var fallback: String?
    if unsafe message.pointee.fallback_or_none_case == REPRISE__V1__RATIONALE_ITEM__FALLBACK_OR_NONE_FALLBACK {
        fallback = try unsafe readText(message.pointee.fallback, "RationaleItem.fallback")
    }
    return try unsafe RationaleWork.Item(
        prompt: message.pointee.prompt,
        instruction: readText(message.pointee.instruction, "RationaleItem.instruction"),
        reference: readText(message.pointee.reference, "RationaleItem.reference"),
        known: readText(message.pointee.known, "RationaleItem.known"), fallback: fallback)
}

func readRationaleWork(_ message: UnsafeMutablePointer<Reprise__V1__RationaleWork>) throws(WireError) -> RationaleWork {
    var checkpoint: BlobManifest?
    if let manifest = unsafe message.pointee.checkpoint { checkpoint = try unsafe readManifest(manifest) }
    return try unsafe RationaleWork(
        items: readList(message.pointee.items, message.pointee.n_items, "RationaleWork.items", readRationaleItem),
        writer: readText(message.pointee.writer, "RationaleWork.writer"), checkpoint: checkpoint,
        seed: message.pointee.seed)
}

func readRationale(_ message: UnsafeMutablePointer<Reprise__V1__Rationale>) throws(WireError) -> Rationale {
    try unsafe Rationale(
        prompt: message.pointee.prompt, text: readText(message.pointee.text, "Rationale.text"),
        origin: readEnum(message.pointee.origin.rawValue, "Rationale.origin"), leaks: message.pointee.leaks,
        unusable: message.pointee.unusable)
}

func readRationaleOutput(_ message: UnsafeMutablePointer<Reprise__V1__RationaleOutput>) throws(WireError)
    -> [Rationale]
{
    try unsafe readList(
        message.pointee.rationales, message.pointee.n_rationales, "RationaleOutput.rationales", readRationale)
}
