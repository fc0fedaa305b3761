import CWire
import RolloutCore

// Swift values to C messages: reasoning paths (the end of tasks.proto).

extension Arena {
    func rationaleItem(_ value: RationaleWork.Item) -> UnsafeMutablePointer<Reprise__V1__RationaleItem> {
        unsafe make(reprise__v1__rationale_item__init) { message in
            unsafe message.prompt = value.prompt
            unsafe message.instruction = text(value.instruction)
            unsafe message.reference = text(value.reference)
            unsafe message.known = text(value.known)
            if let fallback = value.fallback {
                unsafe message.fallback_or_none_case = REPRISE__V1__RATIONALE_ITEM__FALLBACK_OR_NONE_FALLBACK
                unsafe message.fallback = text(fallback)
            }
        }
    }

    func rationaleWork(_ value: RationaleWork) -> UnsafeMutablePointer<Reprise__V1__RationaleWork> {
        unsafe make(reprise__v1__rationale_work__init) { message in
            unsafe message.n_items = value.items.count
            unsafe message.items = list(value.items, rationaleItem)
            unsafe message.writer = text(value.writer)
            if let checkpoint = value.checkpoint { unsafe message.checkpoint = manifest(checkpoint) }
            unsafe message.seed = value.seed
        }
    }

    func rationale(_ value: Rationale) -> UnsafeMutablePointer<Reprise__V1__Rationale> {
        unsafe make(reprise__v1__rationale__init) { message in
            unsafe message.prompt = value.prompt
            unsafe message.text = text(value.text)
            unsafe message.origin = .init(UInt32(value.origin.rawValue))
            unsafe message.leaks = value.leaks
            unsafe message.unusable = value.unusable
        }
    }

    func rationaleOutput(_ value: [Rationale]) -> UnsafeMutablePointer<Reprise__V1__RationaleOutput> {
        unsafe make(reprise__v1__rationale_output__init) { message in
            unsafe message.n_rationales = value.count
            unsafe message.rationales = list(value, rationale)
        }
    }
}
