/** Language models: prompt in, text out. */
package org.edgetasks.genai.llminference;
