package org.edgetasks.genai.llminference;

import java.util.Arrays;
import java.util.List;
import org.edgetasks.internal.Check;

/**
 * Text that the model's training put around each speaker's words. Immutable.
 *
 * <p>What is added between two responses is the user's words: the model reads the user prefix,
 * these, the user suffix and the model prefix; after its response the model suffix, before the next
 * user prefix. Where the stop token that ended the response is the beginning of the model suffix,
 * it is not said twice. Without added words nothing is put around them. Messages ({@link
 * LlmInferenceSession#addMessage}) have the texts of their role around them.
 */
public final class PromptTemplates {
  private final String userPrefix;
  private final String userSuffix;
  private final String modelPrefix;
  private final String modelSuffix;
  private final String systemPrefix;
  private final String systemSuffix;

  private PromptTemplates(Builder builder) {
    userPrefix = builder.userPrefix;
    userSuffix = builder.userSuffix;
    modelPrefix = builder.modelPrefix;
    modelSuffix = builder.modelSuffix;
    systemPrefix = builder.systemPrefix;
    systemSuffix = builder.systemSuffix;
  }

  /** {@return a builder with all texts empty} */
  public static Builder builder() {
    return new Builder();
  }

  /** {@return what stands before a prompt of the user} */
  public String userPrefix() {
    return userPrefix;
  }

  /** {@return what stands after a prompt of the user} */
  public String userSuffix() {
    return userSuffix;
  }

  /** {@return what stands before a response of the model} */
  public String modelPrefix() {
    return modelPrefix;
  }

  /** {@return what stands after a response of the model} */
  public String modelSuffix() {
    return modelSuffix;
  }

  /** {@return what stands before the system's text} */
  public String systemPrefix() {
    return systemPrefix;
  }

  /** {@return what stands after the system's text} */
  public String systemSuffix() {
    return systemSuffix;
  }

  /** User prefix and suffix, model prefix and suffix, system prefix and suffix. */
  List<String> texts() {
    return Arrays.asList(
        userPrefix, userSuffix, modelPrefix, modelSuffix, systemPrefix, systemSuffix);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PromptTemplates && texts().equals(((PromptTemplates) other).texts());
  }

  @Override
  public int hashCode() {
    return texts().hashCode();
  }

  @Override
  public String toString() {
    return "PromptTemplates" + texts();
  }

  /** Collects texts, all "" at first. Not thread safe. */
  public static final class Builder {
    private String userPrefix = "";
    private String userSuffix = "";
    private String modelPrefix = "";
    private String modelSuffix = "";
    private String systemPrefix = "";
    private String systemSuffix = "";

    private Builder() {}

    /**
     * Sets what stands before a prompt of the user.
     *
     * @param text any text
     * @return this builder
     */
    public Builder setUserPrefix(String text) {
      userPrefix = Check.notNull(text, "user prefix");
      return this;
    }

    /**
     * Sets what stands after a prompt of the user.
     *
     * @param text any text
     * @return this builder
     */
    public Builder setUserSuffix(String text) {
      userSuffix = Check.notNull(text, "user suffix");
      return this;
    }

    /**
     * Sets what stands before a response of the model.
     *
     * @param text any text
     * @return this builder
     */
    public Builder setModelPrefix(String text) {
      modelPrefix = Check.notNull(text, "model prefix");
      return this;
    }

    /**
     * Sets what stands after a response of the model.
     *
     * @param text any text
     * @return this builder
     */
    public Builder setModelSuffix(String text) {
      modelSuffix = Check.notNull(text, "model suffix");
      return this;
    }

    /**
     * Sets what stands before the system's text.
     *
     * @param text any text
     * @return this builder
     */
    public Builder setSystemPrefix(String text) {
      systemPrefix = Check.notNull(text, "system prefix");
      return this;
    }

    /**
     * Sets what stands after the system's text.
     *
     * @param text any text
     * @return this builder
     */
    public Builder setSystemSuffix(String text) {
      systemSuffix = Check.notNull(text, "system suffix");
      return this;
    }

    /** {@return the templates} */
    public PromptTemplates build() {
      return new PromptTemplates(this);
    }
  }
}
