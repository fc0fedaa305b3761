import CKernels

/// Adam with decoupled weight decay (Loshchilov and Hutter, 2019), in the order of operations of torch.optim.AdamW.
public struct AdamW: Sendable, Equatable {
    /// Decay of the first moment.
    public var beta1: Double
    /// Decay of the second moment.
    public var beta2: Double
    /// Added to the root of the second moment.
    public var epsilon: Double

    /// PyTorch's defaults.
    public init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8) {
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
    }

    /// One update of one tensor. `step` counts from 1; the gradient is first multiplied by `gradientScale` (clipping,
    /// averaging).
    public func step(
        _ parameter: Vector, gradient: Vector, firstMoment: Vector, secondMoment: Vector, step: Int,
        learningRate: Double, weightDecay: Double = 0, gradientScale: Float = 1
    ) {
        precondition(step >= 1, "steps count from 1")
        precondition(gradient.count == parameter.count && firstMoment.count == parameter.count, "shapes differ")
        precondition(secondMoment.count == parameter.count, "shapes differ")
        let recipe = rk_adamw(
            learning_rate: Float(learningRate), beta1: Float(beta1), beta2: Float(beta2), epsilon: Float(epsilon),
            weight_decay: Float(weightDecay), correction1: Float(1 - Elementary.pow(beta1, step)),
            correction2_root: Float((1 - Elementary.pow(beta2, step)).squareRoot()))
        unsafe kernels.adamw(
            parameter.count, recipe, gradient.pointer, gradientScale, parameter.pointer, firstMoment.pointer,
            secondMoment.pointer)
    }
}
